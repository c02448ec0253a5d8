"""Progress: what is told while something is made that takes a while."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Progress", "say_nothing"]

Progress = Callable[[str], None]
"""Is told in a sentence what is being done."""


def say_nothing(_: str) -> None:
    """Progress that nobody asked for."""
