"""How keys are shown; their secrets are not in them."""

from __future__ import annotations

from typing import Any

import click

from golive.access.keys import Key
from golive.cli.output import print_json, say

__all__ = ["key_facts", "print_keys", "print_made"]


def key_facts(key: Key) -> dict[str, Any]:
    """A key as JSON, without hashes."""
    former = key.former
    return {
        "id": key.id,
        "name": key.name,
        "created": key.created.isoformat(),
        "expires": None if key.expires is None else key.expires.isoformat(),
        "revoked": None if key.revoked is None else key.revoked.isoformat(),
        "former_until": None if former is None else former.until.isoformat(),
        "models": list(key.scopes.models),
        "routes": list(key.scopes.routes),
        "rate": None if key.rate is None else f"{key.rate.count}/{key.rate.seconds}s",
        "burst": key.burst,
        "quotas": [f"{quota.count}/{quota.period}" for quota in key.quotas],
        "per": key.unit,
    }


def print_keys(keys: tuple[Key, ...]) -> None:
    """List keys, a line each (stdout)."""
    for key in keys:
        facts = {name: value for name, value in key_facts(key).items() if value}
        words = [f"{name} {_shown(value)}" for name, value in facts.items()]
        click.echo("  ".join([facts["id"], facts["name"], *words[2:]]))
    if not keys:
        say("There are no keys.")


def print_made(key: Key, text: str, *, as_json: bool) -> None:
    """Give out a key's text (stdout), once."""
    if as_json:
        print_json({"key": text, **key_facts(key)})
        return
    say(f"The key of {key.name}; it is shown only now:")
    click.echo(text)


def _shown(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
