"""Options that several commands share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from golive.setting import SecretUrl, Setting, parse_duration, parse_size
from golive.settings import SERVE_SETTINGS
from golive.signature.model import PixelScale

__all__ = [
    "FILE",
    "PATHS",
    "PLACE",
    "URL",
    "VERIFY",
    "answering",
    "as_json",
    "flag_of",
    "image_options",
    "label",
    "loading",
    "lookup_options",
    "no_pickle",
    "original",
    "packing",
    "serve_settings",
    "threshold_option",
]

_Function = TypeVar("_Function", bound=Callable[..., Any])

VERIFY = (
    "Compute the SHA-256 of every file again. Default: only the first time on this machine, or "
    "when a file's size or time changed."
)
PATHS = click.Path(exists=True, path_type=Path)
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


def threshold_option(default: str) -> Callable[[_Function], _Function]:
    """The option of a binary model's threshold; `default` says what counts without it."""
    return click.option(
        "--threshold",
        type=click.FloatRange(0, 1),
        help=f"Binary models: label as positive from this score on. Default: {default}.",
    )


_keep_all = click.option(
    "--keep-all",
    is_flag=True,
    help="Keep the model file byte for byte. Default: leave out what prediction never reads.",
)


_no_compile = click.option(
    "--no-compile",
    "compile",
    flag_value=False,
    default=True,
    help="Do not compile the model. Default: compile it, and let the program answer where it is "
    "proven equal and no slower.",
)


original = click.option(
    "--original",
    is_flag=True,
    help="Let the original model answer, in the packages of requirements.txt. Default: the "
    "compiled program, where the bundle has one.",
)


no_pickle = click.option(
    "--no-pickle",
    is_flag=True,
    help="Refuse a model whose loading would run code out of a pickle. Default: load it, since "
    "its bytes are those that were packed.",
)


def packing(function: _Function) -> _Function:
    """Options of what is left out or added while packing."""
    return _keep_all(_no_compile(function))


def image_options(function: _Function) -> _Function:
    """The options of a sample with images."""
    named = click.option(
        "--image",
        "images",
        multiple=True,
        help="Column of arrays or bytes that are images; repeatable. Default: only image files "
        "are images.",
    )
    pixels = click.option(
        "--pixels",
        type=click.Choice(get_args(PixelScale)),
        help="Range of the pixels that the model takes as arrays. Default: that of the sample's "
        "arrays; of image files the model gets images.",
    )
    return named(pixels(function))


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
        help=VERIFY,
    )
    return verify(drifted(function))


def serve_settings(function: _Function) -> _Function:
    """An option for every setting of serving: its sentence, default and environment variable.

    A value is None where its flag is not given, so that the environment counts.
    """
    for setting in reversed(SERVE_SETTINGS):
        function = _option(setting)(function)
    return function


def lookup_options(function: _Function) -> _Function:
    """Where looked-up columns are, for those who answer many records and nobody who waits."""
    places = click.option(
        "--lookup",
        multiple=True,
        type=PLACE,
        help="Where looked-up columns are: a .json, .csv or .parquet file, or a Redis, such as "
        "users=redis://127.0.0.1:6379/0; repeatable. Default: as GOLIVE_LOOKUP says; without "
        "either, rows have these columns, or their defaults.",
    )
    seconds = click.option(
        "--lookup-timeout",
        type=_Duration(),
        default="10s",
        show_default=True,
        help="How long to wait for a Redis, for 10,000 records at a time.",
    )
    return places(seconds(function))


def answering(function: _Function) -> _Function:
    """Options of a command that loads a model and answers records with it."""
    return lookup_options(loading(original(no_pickle(function))))


def flag_of(setting: Setting) -> str:
    """The flag of the command line that sets it."""
    return _FLAGS.get(setting.name, f"--{setting.name.replace('_', '-')}")


def _option(setting: Setting) -> Callable[[_Function], _Function]:
    return click.option(
        flag_of(setting),
        setting.name,
        default=None,
        help=f"{setting.sentence} [default: {_shown(setting.default)}; or {setting.variable}]",
        **_kind(setting),
    )


def _kind(setting: Setting) -> dict[str, Any]:
    """What click is told of a setting's values."""
    if setting.choices:
        return {"type": click.Choice(setting.choices)}
    return _KINDS[setting.type] | _OWN_KINDS.get(setting.name, {})


def _shown(default: object) -> object:
    if default is False:
        return "off"
    return "none" if default in ("", None, ()) else default


class _Count(click.ParamType):  # type: ignore[type-arg]  # generic only in newer versions of click
    """An integer, or `auto`."""

    name = "integer|auto"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | str:
        """The number that the text is, or `auto`."""
        if value == "auto":
            return "auto"
        try:
            return int(value)
        except ValueError:
            self.fail(f"{value!r} is neither an integer nor auto.", param, ctx)


class _Duration(click.ParamType):  # type: ignore[type-arg]  # generic only in newer versions of click
    """Seconds, or a number with a unit."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The seconds that the text is."""
        try:
            return parse_duration(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _Url(click.ParamType):  # type: ignore[type-arg]  # generic only in newer versions of click
    """A URL without a password."""

    name = "url"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> SecretUrl:
        """The URL that the text is."""
        url = value if isinstance(value, SecretUrl) else SecretUrl(str(value))
        if url.has_password:
            self.fail(_no_password(param), param, ctx)
        return url


URL = _Url()
"""Of a parameter: a URL without a password."""


class _Place(click.ParamType):  # type: ignore[type-arg]  # generic only in newer versions of click
    """Where something is looked up: NAME=LOCATION, without a password."""

    name = "NAME=LOCATION"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text, unless it holds a URL with a password."""
        text = str(value)
        if "://" in text and SecretUrl(text).has_password:
            self.fail(_no_password(param), param, ctx)
        return text


PLACE = _Place()
"""Of a parameter: where something is looked up, without a password."""


class _Size(click.ParamType):  # type: ignore[type-arg]  # generic only in newer versions of click
    """Bytes, or a number with a unit."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The bytes that the text is."""
        try:
            return parse_size(str(value))
        except ValueError:
            self.fail(f"{value!r} is no size such as 800MiB, 2GB or 1000000.", param, ctx)


def _no_password(param: click.Parameter | None) -> str:
    """Why a URL with a password is refused, and where it may stand."""
    name = None if param is None else param.name
    variable = f", in GOLIVE_{name.upper()}" if name else ""
    return f"others can read a password on the command line; give it in the environment{variable}"


_FLAGS = {"allowed_hosts": "--allow-host", "body_limit": "--max-body", "pythons": "--python"}
_KINDS: dict[str, dict[str, Any]] = {
    "integer": {"type": int},
    "number": {"type": float},
    "text": {},
    "path": {"type": click.Path(path_type=Path)},
    "count": {"type": _Count()},
    "duration": {"type": _Duration()},
    "url": {"type": URL},
    "size": {"type": _Size()},
    "boolean": {"flag_value": True, "type": bool},
    "list": {"multiple": True},
}
_OWN_KINDS: dict[str, dict[str, Any]] = {"lookup": {"type": PLACE}}
