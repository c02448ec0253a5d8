"""The usage file: how much of their quotas keys have used, kept beside the file of keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from golive.access.errors import LedgerError
from golive.access.limits import Period, Quota, Used, begun_anew
from golive.files import locked, write_atomically

__all__ = ["Counts", "UsageFile", "added", "usage_path"]

_FORMAT = 1
_LONGEST_SECONDS = 31 * 86_400.0
_Time = Annotated[float, msgspec.Meta(ge=0, le=250_000_000_000)]

Counts = dict[tuple[str, str, Period], Used]
"""How much of a quota was used, by the id of a key, the name of a model and the period."""


class _Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: str
    model: str
    period: Period
    used: Annotated[int, msgspec.Meta(ge=0)]
    begin: _Time
    end: _Time

    def __post_init__(self) -> None:
        """Refuse, with a ValueError, what is no period: it would never end."""
        if not self.begin < self.end <= self.begin + _LONGEST_SECONDS:
            raise ValueError("a period ends within a month")


class _Content(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: int
    used: tuple[_Line, ...]


def usage_path(keys: Path) -> Path:
    """The usage file of a file of keys."""
    path = keys.resolve()
    return path.with_name(f"{path.name}.usage")


def added(before: Counts, more: Counts, now: float) -> Counts:
    """The counts with more of them; those of periods that have ended are left out.

    Args:
        before: As they were.
        more: What was used since then.
        now: The time, in seconds since 1970.
    """
    total = {name: used for name, used in before.items() if now < used.end}
    for name, used in more.items():
        if now < used.end:
            so_far = begun_anew(total.get(name), Quota(1, name[2]), now)
            total[name] = Used(so_far.count + used.count, so_far.begin, so_far.end)
    return total


class UsageFile:
    """Keeps counts in a file (mode 600), replaced as a whole.

    Who adds to it holds a lock on the file of the same name with `.lock` behind it, so that what
    several processes add is all there.

    Args:
        path: The file; the first that is added makes it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Counts:
        """The counts; none where there is no file yet.

        Raises:
            LedgerError: They cannot be read.
        """
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise LedgerError(f"The file {self._path} cannot be read: {error.strerror}.") from error
        return self._decoded(content)

    def add(self, more: Counts, now: float) -> Counts:
        """Add to the counts; gives them as they are then.

        Args:
            more: What was used.
            now: The time, in seconds since 1970.

        Raises:
            LedgerError: They cannot be read or written.
        """
        if not any(used.count for used in more.values()):
            return added(self.read(), {}, now)
        try:
            with locked(self._path.with_name(f"{self._path.name}.lock")):
                counts = added(self.read(), more, now)
                write_atomically(self._path, _encoded(counts))
        except OSError as error:
            message = f"The file {self._path} cannot be written: {error.strerror}."
            raise LedgerError(message) from error
        return counts

    def _decoded(self, content: bytes) -> Counts:
        try:
            decoded = msgspec.json.decode(content, type=_Content)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            hint = "move it away; what was used is then counted from nothing"
            raise LedgerError(f"{self._path} is no file of counts: {error}.", hint=hint) from error
        if decoded.format != _FORMAT:
            raise LedgerError(
                f"The file of counts {self._path} has format {decoded.format}, and this golive "
                f"knows {_FORMAT}.",
                hint="update golive",
            )
        return {
            (line.key, line.model, line.period): Used(line.used, line.begin, line.end)
            for line in decoded.used
        }


def _encoded(counts: Counts) -> bytes:
    lines = tuple(
        _Line(key=key, model=model, period=period, used=used.count, begin=used.begin, end=used.end)
        for (key, model, period), used in sorted(counts.items())
    )
    encoded = msgspec.json.encode(_Content(format=_FORMAT, used=lines))
    return msgspec.json.format(encoded, indent=2) + b"\n"
