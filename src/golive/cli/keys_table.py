"""How keys are shown; their secrets are not in them."""

from __future__ import annotations

from typing import Any

import click

from golive.access.keys import Key
from golive.access.usage import KeyUsage
from golive.cli.output import print_json, say

__all__ = ["key_facts", "print_keys", "print_made", "print_usage", "usage_facts"]


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
        "admin": key.is_admin,
        "models": list(key.scopes.models),
        "routes": list(key.scopes.routes),
        "from": list(key.scopes.networks),
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
    ends = "" if key.expires is None else f", which ends at {key.expires:%Y-%m-%d %H:%M} UTC"
    say(f"The key of {key.name}{ends}; it is shown only now:")
    click.echo(text)


def usage_facts(usage: KeyUsage) -> dict[str, Any]:
    """What a key has used, as JSON."""
    return {
        "id": usage.id,
        "name": usage.name,
        "per": usage.per,
        "models": [
            {
                "model": model.model,
                "quotas": [
                    {
                        "period": quota.period,
                        "limit": quota.limit,
                        "used": quota.used,
                        "left": quota.left,
                        "resets": quota.resets.isoformat(),
                    }
                    for quota in model.quotas
                ],
            }
            for model in usage.models
        ],
    }


def print_usage(found: list[KeyUsage]) -> None:
    """Tell what was used, a line for each key, model and quota (stdout)."""
    for usage in found:
        who = f"{usage.id}  {usage.name}"
        for model in usage.models:
            for quota in model.quotas:
                click.echo(
                    f"{who}  model {model.model}  {quota.used} of {quota.limit} {usage.per}s a "
                    f"{quota.period}  {quota.left} left until {quota.resets:%Y-%m-%d %H:%M} UTC"
                )
        if not usage.models:
            click.echo(f"{who}  nothing was asked yet")
    if not found:
        say("No key has a quota.")


def _shown(value: object) -> str:
    if value is True:
        return "yes"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
