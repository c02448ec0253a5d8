"""`golive keys`: who may ask, and how much."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from golive.cli.actions import Actions
from golive.cli.commands.keys_usage import KEYS, usage
from golive.cli.key_options import key_wish
from golive.cli.keys_table import key_facts, print_keys, print_made
from golive.cli.output import print_json, say

__all__ = ["command"]

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group("keys", commands=[usage], short_help="Make, list, revoke and rotate API keys.")
def command() -> None:
    """Make, list, revoke and rotate the API keys of `golive serve --keys FILE`.

    Running servers notice within seconds. KEY is a key's name or id.

    \b
    golive keys create --keys keys.json --name partner --rate 10/s --quota 1000/day
    golive keys create --keys keys.json --name deployer --admin
    golive keys rotate --keys keys.json partner --overlap 24h
    golive keys revoke --keys keys.json partner
    golive keys usage --keys keys.json
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped


@command.command("create")
@key_wish
@KEYS
@_JSON
@click.pass_obj
def _create(actions: Actions, /, *, file: Path | None, as_json: bool, **given: Any) -> None:
    """Make a key. It is printed once and kept nowhere."""
    for model in actions.unknown_models(given["models"]):  # once there is a key, nothing may fail
        say(
            f"No model {model} is in the registry; until one is served so, the key does not ask it."
        )
    print_made(*actions.create_key(file, **given), as_json=as_json)


@command.command("list")
@KEYS
@_JSON
@click.pass_obj
def _list(actions: Actions, /, *, file: Path | None, as_json: bool) -> None:
    """List the keys, without their secrets."""
    keys = actions.key_desk(file).keys()
    print_json([key_facts(key) for key in keys]) if as_json else print_keys(keys)


@command.command("revoke")
@click.argument("key")
@KEYS
@click.pass_obj
def _revoke(actions: Actions, /, *, key: str, file: Path | None) -> None:
    """Take KEY back for good."""
    say(f"{actions.key_desk(file).revoke(key).name} is revoked.")


@command.command("rotate")
@click.argument("key")
@click.option("--overlap", default="0s", help="How long the old one is good, such as 24h.")
@KEYS
@_JSON
@click.pass_obj
def _rotate(
    actions: Actions, /, *, key: str, overlap: str, file: Path | None, as_json: bool
) -> None:
    """Give KEY another secret, which is printed once."""
    print_made(*actions.key_desk(file).rotate(key, overlap=overlap), as_json=as_json)
