"""`golive keys usage`: what keys have used of their quotas."""

from __future__ import annotations

from pathlib import Path

import click

from golive.cli.actions import Actions
from golive.cli.keys_table import print_usage, usage_facts
from golive.cli.options import URL, as_json
from golive.cli.output import print_json
from golive.setting import SecretUrl

__all__ = ["KEYS", "usage"]

_PATH = click.Path(path_type=Path)
KEYS = click.option("--keys", "file", type=_PATH, help="File of keys. Default: GOLIVE_KEYS.")


@click.command("usage")
@click.argument("key", required=False)
@KEYS
@click.option(
    "--limits-in", type=URL, help="Redis in which servers count. Default: GOLIVE_LIMITS_IN."
)
@as_json
@click.pass_obj
def usage(
    actions: Actions,
    /,
    *,
    key: str | None,
    file: Path | None,
    limits_in: SecretUrl | None,
    as_json: bool,
) -> None:
    """Tell what KEY, or each key, has used of its quotas for each model, and what is left.

    Without Redis, servers write what they count into a file beside that of the keys every second.
    """
    found = actions.key_usage(file, key, limits_in)
    print_json([usage_facts(one) for one in found]) if as_json else print_usage(found)
