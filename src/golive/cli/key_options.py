"""The options of `golive keys create`: what is wished of a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["key_wish"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

_WISH = (
    click.option("--name", required=True, help="Whose it is; the log says so."),
    click.option(
        "--models",
        multiple=True,
        help="Model that it is for, * for every one; repeatable. Default: all, with --admin none.",
    ),
    click.option(
        "--routes",
        multiple=True,
        help="Path, such as /predict, or the beginning of some with *: /models/*; repeatable. "
        "Default: all.",
    ),
    click.option(
        "--from",
        "networks",
        multiple=True,
        help="Address or network that it may be used from, such as 10.0.0.0/8; repeatable. "
        "Default: any.",
    ),
    click.option(
        "--admin",
        "is_admin",
        is_flag=True,
        help="Whether it opens /admin/…; it asks only the models that --models names.",
    ),
    click.option(
        "--expires", metavar="TIME", help="ISO 8601, or from now: 90d or 12h. Default: never."
    ),
    click.option("--rate", help="In the long run, such as 10/s or 600/min. Default: any."),
    click.option("--burst", type=click.IntRange(1), help="At once. Default: the rate's number."),
    click.option(
        "--quota", "quotas", multiple=True, help="Such as 100/day; repeatable. Default: any."
    ),
    click.option(
        "--per",
        default="request",
        type=click.Choice(["request", "record"]),
        help="What is counted.",
    ),
)


def key_wish(function: _Function) -> _Function:
    """The options of a new key: an argument for each field of `KeyWish`."""
    for option in reversed(_WISH):
        function = option(function)
    return function
