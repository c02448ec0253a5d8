"""`golive invoke`: a package of a function answers an event as it would on AWS Lambda."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import click

from golive.cli.actions import Actions
from golive.cli.options import FILE
from golive.cli.output import say
from golive.errors import UsageError

__all__ = ["command"]


@click.command("invoke", short_help="Run a package of AWS Lambda with an event.")
@click.argument("package", type=FILE)
@click.argument("event", type=click.File("rb"), default="-")
@click.option(
    "--python",
    default=None,
    help="Python that runs it, with awslambdaric. Default: the version that it was built for, with "
    "AWS's client installed once.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    default=30.0,
    show_default=True,
    help="Seconds that the function has, its start included.",
)
@click.option(
    "--env",
    "variables",
    multiple=True,
    metavar="NAME=VALUE",
    help="Variable of its environment, such as GOLIVE_BUNDLE=s3://models/games@prod; repeatable.",
)
@click.pass_obj
def command(
    actions: Actions,
    /,
    *,
    package: Path,
    event: IO[bytes],
    python: str | None,
    timeout: float,
    variables: tuple[str, ...],
) -> int:
    """Run the zip PACKAGE as AWS Lambda would, and answer the JSON of EVENT.

    It is unpacked, read-only, and runs in a fresh process under AWS's own runtime client
    (awslambdaric), which sees the package and what Lambda brings, and nothing
    else that is installed. The answer goes to stdout, the function's log to stderr. The exit code
    is 1 if the function fails, does not answer in time, or answers what is no JSON.

    \b
    golive invoke deploy.zip event.json
    echo '{"age": 41, "plan": "basic"}' | golive invoke deploy.zip
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    environ = dict(_pair(variable) for variable in variables)
    outcome = actions.invoke(package, event.read(), python=python, seconds=timeout, environ=environ)
    click.echo(outcome.body)
    if outcome.kind != "answered":
        say("The function did not start." if outcome.kind == "not_started" else "It failed.")
        return 1
    return 0


def _pair(variable: str) -> tuple[str, str]:
    name, mark, value = variable.partition("=")
    if not mark:
        raise UsageError(f"--env {variable!r} is no NAME=VALUE.")
    return name, value
