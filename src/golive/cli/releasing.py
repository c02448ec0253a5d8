"""Options of what a version must show before it takes an alias."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from golive.cli.options import PATHS

__all__ = ["comparing", "permitting"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def comparing(function: _Function) -> _Function:
    """Options of the comparison on labelled rows."""
    data = click.option(
        "--data",
        type=PATHS,
        help="Labelled rows that neither model was trained on, in any format that golive pack "
        "takes. Default: no comparison.",
    )
    target = click.option(
        "--target",
        metavar="COLUMN",
        help="The column of the truths. Default: the target's name when the bundle was packed.",
    )
    metric = click.option(
        "--metric",
        metavar="NAME",
        help="What decides: log_loss, accuracy, f1, roc_auc, mean_absolute_error or "
        "root_mean_squared_error. Default: the first of them that the rows give.",
    )
    tolerance = click.option(
        "--tolerance",
        type=click.FloatRange(min=0),
        default=0.0,
        show_default=True,
        help="How much worse it may be in that metric.",
    )
    return data(target(metric(tolerance(function))))


def permitting(function: _Function) -> _Function:
    """Options that allow what is refused otherwise."""
    no_check = click.option(
        "--no-check",
        "check",
        flag_value=False,
        default=True,
        help="Do not check the version. Default: check it as golive check does.",
    )
    breaking = click.option(
        "--breaking", is_flag=True, help="Allow changes that break callers. Default: refuse them."
    )
    anyway = click.option(
        "--anyway",
        metavar="REASON",
        default="",
        help="Allow everything else, for a reason that is recorded. Default: refuse.",
    )
    return no_check(breaking(anyway(function)))
