"""What is told of a bundle that was just made."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from golive.cli.output import print_json, say
from golive.cli.summary import bundle_facts, shown_path, summary_lines

if TYPE_CHECKING:
    from golive.bundle.reading import Bundle

__all__ = ["print_made"]


def print_made(bundle: Bundle, *, as_json: bool) -> None:
    """Print its path (stdout), and what it is and what to type next (stderr); or all as JSON."""
    facts = bundle_facts(bundle)
    if as_json:
        print_json(facts)
        return
    for line in summary_lines(facts):
        say(line)
    path = shown_path(bundle.source)
    click.echo(path)
    say(f"next: golive serve {shlex.quote(path)}")
