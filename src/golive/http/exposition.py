"""Exposition: metrics in the text format of Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Literal

import msgspec

from golive.http.counters import Key

__all__ = ["CONTENT_TYPE", "Family", "exposition"]

CONTENT_TYPE = "text/plain; version=1.0.0; charset=utf-8"

_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """Series of one name.

    Attributes:
        name: The name, without what the format adds to it.
        help: What it counts.
        kind: What its numbers are.
        labels: The names of its labels.
        merge: What becomes of the numbers of several processes.
        bounds: Histograms: the upper bounds of the buckets, but for the last one, which has none.
    """

    name: str
    help: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...] = ()
    merge: Callable[[Iterable[float]], float] = sum
    bounds: tuple[float, ...] = ()

    @property
    def size(self) -> int:
        """How many numbers a series has: histograms a bucket each, and the sum."""
        return len(self.bounds) + 2 if self.kind == "histogram" else 1

    @property
    def sample(self) -> str:
        """The name of its samples."""
        return f"{self.name}_total" if self.kind == "counter" else self.name

    def model_of(self, key: Key) -> str | None:
        """The model that a series is of, or None where it is of none."""
        return key[1 + self.labels.index("model")] if "model" in self.labels else None


def exposition(families: Iterable[Family], counts: Mapping[Key, list[float]]) -> bytes:
    """The text.

    Args:
        families: In the order of the text.
        counts: The numbers of each series.
    """
    lines: list[str] = []
    for family in families:
        lines += (f"# HELP {family.sample} {family.help}", f"# TYPE {family.sample} {family.kind}")
        for key, numbers in counts.items():
            if key[0] == family.name:
                labels = dict(zip(family.labels, key[1:], strict=True))
                lines += _samples(family, labels, numbers)
    return ("\n".join(lines) + "\n").encode()


def _samples(family: Family, labels: dict[str, str], numbers: list[float]) -> Iterator[str]:
    if family.kind != "histogram":
        yield _sample(family.sample, labels, numbers[0])
        return
    *buckets, total = numbers
    names = [*map(str, family.bounds), "+Inf"]
    counted = list(accumulate(buckets))
    for name, count in zip(names, counted, strict=True):
        yield _sample(f"{family.name}_bucket", {"le": name, **labels}, count)
    yield _sample(f"{family.name}_count", labels, counted[-1])
    yield _sample(f"{family.name}_sum", labels, total)


def _sample(name: str, labels: dict[str, str], value: float) -> str:
    pairs = ",".join(f'{k}="{v.translate(_ESCAPES)}"' for k, v in sorted(labels.items()))
    return f"{name}{{{pairs}}} {value!r}" if pairs else f"{name} {value!r}"
