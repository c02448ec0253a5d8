"""Entrance building: who is let in, as the settings say."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from golive.settings import ServeSettings

if TYPE_CHECKING:
    from golive.access.addresses import AddressPolicy
    from golive.access.gatekeeper import Gatekeeper
    from golive.http.metrics import Metrics
    from golive.http.token_building import TokenDesk
    from golive.service.cors import Origins

__all__ = ["addresses_of", "open_gatekeeper", "open_token_desk", "origins_of"]


def open_gatekeeper(
    settings: ServeSettings, metrics: Metrics | None = None, *, desk: TokenDesk | None = None
) -> Gatekeeper | None:
    """What knows the keys of the file that the settings name, or None where they name none.

    Where the file cannot be read, or has no key, it lets nobody in: a worker that begins when the
    keys are gone must not be open.

    Args:
        settings: How models are served.
        metrics: Count what becomes of limits that are counted elsewhere.
        desk: Takes tokens, or None where none are taken.

    Raises:
        MissingExtraError: Limits are to be counted in Redis, and redis-py is not installed.
        UsageError: The URL is none of Redis.
    """
    if settings.keys is None and desk is None:
        return None
    from golive.access.gatekeeper import Gatekeeper
    from golive.access.key_file import KeyFile
    from golive.http.ledger_building import open_ledger

    tokens = None if desk is None else desk.verifier
    if settings.keys is None:
        return Gatekeeper(None, clock=time.time, tokens=tokens)
    ledger = open_ledger(settings, metrics)
    return Gatekeeper(
        KeyFile(settings.keys), clock=time.time, ledger=ledger, tokens=tokens, is_locked=True
    )


def open_token_desk(settings: ServeSettings) -> TokenDesk | None:
    """What takes tokens, or None where none are taken.

    Raises:
        UsageError: The settings that begin with oidc do not fit together.
        MissingExtraError: PyJWT is not installed.
    """
    named = (
        settings.oidc_issuer, settings.oidc_audience, settings.oidc_jwks, settings.oidc_claim,
    )  # fmt: skip
    if not any(named):
        return None
    from golive.http.token_building import build_token_desk  # few servers take tokens

    return build_token_desk(settings)


def origins_of(settings: ServeSettings) -> Origins | None:
    """The origins whose pages may read answers.

    Raises:
        UsageError: One that the settings name is none.
    """
    if not settings.cors_origins:
        return None
    from golive.service.cors import read_origins  # few servers have any

    return read_origins(settings.cors_origins)


def addresses_of(settings: ServeSettings, *, has_keys: bool = False) -> AddressPolicy | None:
    """Whose addresses are let in; None where no answer depends on an address.

    Keys may be good for some addresses only, now or after they are changed.

    Args:
        settings: How models are served.
        has_keys: Whether there are keys though the settings name no file of them.

    Raises:
        UsageError: An address or network that the settings name is none.
    """
    if not (has_keys or settings.keys or settings.allow_ips or settings.trusted_proxies):
        return None
    from golive.access.addresses import AddressPolicy, read_networks

    return AddressPolicy(
        allowed=read_networks(settings.allow_ips, source="--allow-ips"),
        trusted=read_networks(settings.trusted_proxies, source="--trusted-proxies"),
    )
