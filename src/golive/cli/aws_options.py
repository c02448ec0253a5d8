"""Options that the commands of `golive aws` share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from golive.cli.options import FILE

if TYPE_CHECKING:
    from golive.deploying.aws.ordering import Wish

__all__ = ["NAME", "aws_options", "wish_of"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

NAME = click.argument("name")
"""A bundle, as everywhere: PATH or [REGISTRY/]NAME[@VERSION|@ALIAS]."""

_OPTIONS = (
    click.option(
        "--config", type=FILE, help="File with the table [aws]. Default: golive.toml, if there is."
    ),
    click.option(
        "--stage",
        type=click.Choice(["dev", "staging", "prod"]),
        help="Which deployment of the model. Default: that of [aws], else dev.",
    ),
    click.option(
        "--region",
        "regions",
        multiple=True,
        help="Where; repeatable. Default: those of [aws], else AWS_REGION or AWS_DEFAULT_REGION.",
    ),
    click.option(
        "--package",
        type=FILE,
        help="The package that was built. Default: none, and its key is asked for when it is "
        "deployed.",
    ),
    click.option("--public", is_flag=True, help='Let everybody ask, with auth = "none".'),
    click.option(
        "--account-concurrency",
        type=click.IntRange(min=1),
        help="How many functions the account may run at a time in the region. Default: not known.",
    ),
)


def aws_options(function: _Function) -> _Function:
    """The options that say what is wanted."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def wish_of(name: str, options: dict[str, Any]) -> Wish:
    """What was typed; takes it out of the options."""
    from golive.deploying.aws.ordering import Wish

    config: Path | None = options.pop("config")
    return Wish(
        name=name,
        config=config,
        stage=options.pop("stage"),
        regions=options.pop("regions"),
        package=options.pop("package"),
        public=options.pop("public"),
        account_concurrency=options.pop("account_concurrency"),
    )
