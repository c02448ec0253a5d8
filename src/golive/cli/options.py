"""Options that several commands share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from golive.settings import SERVE_SETTINGS

__all__ = ["BUNDLE", "FILE", "as_json", "label", "loading", "setting"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

BUNDLE = click.Path(path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def label(text: str) -> Any:
    """The class label that the text stands for.

    It is JSON where that is a number, true or false, or a quoted text; else the text itself:
    `0` is a number, `'"0"'` and `low` are texts.
    """
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, bool | int | float | str) else text


as_json = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document for a script."
)


def loading(function: _Function) -> _Function:
    """Options of the commands that load a model."""
    drifted = click.option(
        "--allow-drifted-environment",
        is_flag=True,
        help="Go on where the installed libraries answer the golden records differently than "
        "when the bundle was packed. Default: refuse, and say which record differs.",
    )
    verify = click.option(
        "--verify",
        is_flag=True,
        help="Compute the SHA-256 of every file again. Default: only the first time on this "
        "machine, or when a file's size or time changed.",
    )
    return verify(drifted(function))


def setting(name: str, *flags: str, **options: Any) -> Callable[[_Function], _Function]:
    """The option of a setting: its sentence, default and environment variable.

    The flag's value is None where it is not given, so that the environment counts.
    """
    known = next(s for s in SERVE_SETTINGS if s.name == name)
    default = ", ".join(known.default) if isinstance(known.default, tuple) else known.default
    shown = "none" if default in ("", None) else "off" if default is False else default
    help_text = f"{known.sentence} [default: {shown}; or {known.variable}]"
    return click.option(*flags, name, default=None, help=help_text, **options)
