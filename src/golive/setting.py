"""A setting: its name, type, default and sentence, and how its text is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import Literal

import msgspec

from golive.errors import UsageError

__all__ = [
    "DURATION",
    "SecretUrl",
    "Setting",
    "SettingType",
    "SettingValue",
    "parse_duration",
    "parse_size",
]

SettingType = Literal[
    "integer", "number", "text", "boolean", "list", "path", "count", "duration", "size", "url"
]


class SecretUrl(msgspec.Struct, frozen=True):
    """A URL that may hold a password, which is not shown.

    Attributes:
        text: All of it.
    """

    text: str

    @property
    def has_password(self) -> bool:
        """Whether there may be a password in it."""
        return "@" in self.text or "password=" in self.text.lower()

    def __str__(self) -> str:
        """The URL without user, password and query, also where those are not well written."""
        scheme, _, rest = self.text.partition("://")
        before, at, after = rest.rpartition("@")
        if "?" in before or "#" in before:
            return f"{scheme}://***"
        place = after.partition("?")[0].partition("#")[0]
        return f"{scheme}://{'***' if at else ''}{at}{place}"

    def __repr__(self) -> str:
        return f"SecretUrl({str(self)!r})"


SettingValue = int | float | str | bool | tuple[str, ...] | Path | SecretUrl | None

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One setting.

    Attributes:
        name: As in Python, such as `body_limit`.
        type: What its text in the environment is read as; a `list` is separated by commas, a
            `count` is an integer or `auto`, a `duration` such as `30s` or `90d` is in seconds, a
            `size` such as `800MiB` in bytes, a `url` may hold a password.
        default: The value where nothing sets it.
        sentence: What it does.
        minimum: The smallest number that is allowed, or None.
        maximum: The largest, likewise.
        choices: The texts that are allowed; any if there are none.
    """

    name: str
    type: SettingType
    default: SettingValue
    sentence: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"GOLIVE_{self.name.upper()}"

    def parse(self, text: str) -> SettingValue:
        """The value of the environment variable's text.

        Raises:
            UsageError: The text is no such value.
        """
        try:
            value = _PARSERS[self.type](text)
        except ValueError as error:
            raise UsageError(
                f"{self.variable}={text!r} is not {_ARTICLES[self.type]}.", hint=self.sentence
            ) from error
        return self.check(value, self.variable)

    def check(self, value: SettingValue, source: str) -> SettingValue:
        """The value, if it is inside the bounds, or one of the choices.

        Raises:
            UsageError: It is not; the message names `source`.
        """
        if self.choices and value not in self.choices:
            listed = " or ".join(self.choices)
            raise UsageError(f"{source} is {value!r}, not {listed}.", hint=self.sentence)
        if not isinstance(value, int | float):
            return value
        if self.minimum is not None and not value >= self.minimum:
            raise UsageError(
                f"{source} is {value}; the least is {self.minimum:g}.", hint=self.sentence
            )
        if self.maximum is not None and not value <= self.maximum:
            raise UsageError(
                f"{source} is {value}; the most is {self.maximum:g}.", hint=self.sentence
            )
        return value


DURATION = "a duration such as 30s, 15m, 24h or 90d"
"""What the text of a duration is called, for messages."""

_ARTICLES: dict[SettingType, str] = {
    "integer": "an integer",
    "number": "a number",
    "text": "a text",
    "boolean": "true or false",
    "list": "a list",
    "path": "a path",
    "count": "an integer or auto",
    "duration": DURATION,
    "url": "a URL",
    "size": "a size such as 800MiB, 2GB or 1000000",
}


def parse_duration(text: str) -> float:
    """The seconds of a duration: a number of seconds, or of `ms`, `s`, `m`, `h` or `d`.

    Examples:
        >>> [parse_duration(text) for text in ("90", "1.5m", "250ms", "7d")]
        [90.0, 90.0, 0.25, 604800.0]

    Raises:
        ValueError: It is none; the message says what one is.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None or not isfinite(seconds := float(match[1]) * _UNITS[match[2]]):
        raise ValueError(f"{text!r} is not {DURATION}.")
    return seconds


def parse_size(text: str) -> int:
    """The bytes of a size: a number of bytes, or of `kB`, `MB`, `GB`, `KiB`, `MiB` or `GiB`.

    Units may be written in lower case and after a blank.

    Examples:
        >>> parse_size("800MiB"), parse_size("1.5 GB"), parse_size("4096")
        (838860800, 1500000000, 4096)

    Raises:
        ValueError: It is none.
    """
    stripped = text.strip().lower()
    number = stripped.rstrip("bgikm")
    unit = stripped[len(number) :]
    if unit not in _SIZES or not isfinite(size := float(number) * _SIZES[unit]):
        raise ValueError(text)
    return int(size)


_PARSERS: dict[SettingType, Callable[[str], SettingValue]] = {
    "integer": int,
    "number": float,
    "text": str,
    "path": Path,
    "boolean": lambda text: _parse_boolean(text.lower()),
    "list": lambda text: tuple(part.strip() for part in text.split(",") if part.strip()),
    "count": lambda text: text if text == "auto" else int(text),
    "duration": parse_duration,
    "url": SecretUrl,
    "size": parse_size,
}

_DURATION = re.compile(
    r"((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(ms|s|m|h|d|)"  # a sign means nothing
)
_UNITS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_SIZES = {
    "": 1,
    "b": 1,
    "kb": 1000,
    "mb": 1000**2,
    "gb": 1000**3,
    "kib": 1024,
    "mib": 1024**2,
    "gib": 1024**3,
}


def _parse_boolean(text: str) -> bool:
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise ValueError(text)
