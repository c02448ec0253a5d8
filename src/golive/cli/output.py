"""Where words go: data to stdout, everything else to stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "print_error",
    "print_json",
    "progress",
    "result_console",
    "say",
    "say_on_terminal",
    "shortened",
]

_LONGEST_SHOWN = 60
_WIDTH_OF_A_PIPE = 120


def say(text: str = "") -> None:
    """Tell a person something (stderr)."""
    click.echo(text, err=True)


def say_on_terminal(text: str) -> None:
    """Tell a person something who watches (stderr); a log or a pipe does not get it."""
    if sys.stderr.isatty():
        say(text)


def print_error(message: str, hint: str | None) -> None:
    """Tell what failed and what to type next (stderr)."""
    colour = None if _is_coloured() else False
    click.echo(click.style("error: ", fg="red", bold=True) + message, err=True, color=colour)
    if hint:
        click.echo(click.style("hint: ", fg="cyan") + hint, err=True, color=colour)


def shortened(value: Any) -> str:
    """The value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def print_json(value: Any) -> None:
    """Give a script one JSON document (stdout)."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def result_console() -> Console:
    """What prints tables and sentences (stdout), as wide as the terminal where it is one."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else _WIDTH_OF_A_PIPE
    return Console(file=sys.stdout, width=width, highlight=False)


@contextmanager
def progress(*, only_on_terminal: bool = False) -> Iterator[Callable[[str], None]]:
    """Give a function that tells what is being done now.

    On a terminal the present step turns with its seconds; elsewhere each step is one line, or
    nothing with `only_on_terminal`.
    """
    if not sys.stderr.isatty():
        yield _silent if only_on_terminal else lambda sentence: say(f"{sentence} …")
        return
    from rich.console import Console
    from rich.markup import escape

    console = Console(stderr=True, highlight=False)
    with console.status("Starting") as status:
        steps = _Steps(lambda sentence: console.print(escape(sentence)))

        def tell(sentence: str) -> None:
            steps.begin(sentence)
            status.update(escape(f"{sentence} …"))

        yield tell
        steps.end()


def _silent(_: str) -> None:
    """Progress that nobody watches."""


class _Steps:
    """Prints each step when it has ended, with its time if that is worth knowing."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._present: str | None = None
        self._began = 0.0

    def begin(self, sentence: str) -> None:
        self.end()
        self._present, self._began = sentence, time.monotonic()

    def end(self) -> None:
        if self._present is not None:
            seconds = time.monotonic() - self._began
            self._show(self._present + (f" ({seconds:.1f} s)" if seconds >= 1 else ""))
        self._present = None


def _is_coloured() -> bool:
    """Whether stderr takes colours; rich reads NO_COLOR and TERM for us."""
    if not sys.stderr.isatty():
        return False
    from rich.console import Console

    return not Console(stderr=True).no_color
