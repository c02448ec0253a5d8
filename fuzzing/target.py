"""Targets: readers of what strangers send, and what has to hold of them for every input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import process_time

__all__ = ["BrokenError", "Refusals", "Target", "same_twice", "verdict_of"]

_MOST_SECONDS = 4.0

Refusals = type[Exception] | tuple[type[Exception], ...]
"""The errors that a reader says it raises."""


class BrokenError(AssertionError):
    """Something that has to hold for every input does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A reader that is tried.

    Attributes:
        about: What is tried, in a line.
        check: Tries one input; raises if anything is not as it has to be.
        seeds: Inputs to begin with.
        words: What inputs are made of.
        longest: Bytes of an input.
    """

    about: str
    check: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...] = ()
    longest: int = 4096


def verdict_of(read: Callable[[], object], refusals: Refusals) -> str:
    """What reading gives, or how it is refused; everything else that is raised passes through."""
    try:
        return repr(read())
    except refusals as error:
        return f"{type(error).__name__}: {error}"


def same_twice(read: Callable[[], object], refusals: Refusals) -> str:
    """The verdict of a reader that gives the same twice, in a bounded time.

    Raises:
        BrokenError: It does not.
    """
    begun = process_time()
    first, second = verdict_of(read, refusals), verdict_of(read, refusals)
    spent = process_time() - begun
    if first != second:
        raise BrokenError(f"first {first:.500}, and then {second:.500}")
    if spent > _MOST_SECONDS:
        raise BrokenError(f"it took {spent:.1f} s of a processor to read this twice")
    return first
