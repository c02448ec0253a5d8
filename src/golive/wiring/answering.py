"""Answering without a server: a service of bundles, for those who bring requests themselves."""

from __future__ import annotations

from pathlib import Path

from golive.errors import UsageError
from golive.http.entrance_building import addresses_of, open_gatekeeper, origins_of
from golive.http.limits import limits_of
from golive.http.plan import ServePlan
from golive.service.context import ServiceContext
from golive.service.request_ids import request_ids
from golive.service.service import Service
from golive.settings import ServeSettings
from golive.wiring.models import load_models

__all__ = ["open_service"]


def open_service(*bundles: str | Path, settings: ServeSettings | None = None) -> Service:
    """Load bundles and be ready to answer requests, wherever they come from.

    Args:
        *bundles: Paths of bundles.
        settings: How they are served; those of sockets and workers say nothing here.

    Raises:
        UsageError: A bundle is missing, two have the same name, or a setting names no origin or no
            network.
        BundleError: A bundle is not what was packed.
        KeysError: The file of keys is missing or cannot be trusted.
        GoliveError: A model does not load here, or golden records are answered differently.
    """
    loaded = settings or ServeSettings.load()
    if loaded.oidc_issuer is not None:
        raise UsageError(
            "A service without a server takes no tokens: nothing fetches the issuer's keys.",
            hint="use golive serve or golive.asgi_app, or keys",
        )
    if loaded.keys is not None:
        from golive.wiring.keys import check_keys

        check_keys(loaded.keys)
    context = ServiceContext(
        new_id=request_ids(),
        origins=origins_of(loaded),
        addresses=addresses_of(loaded),
        allowed_hosts=loaded.allowed_hosts,
        limits=limits_of(loaded),
        gatekeeper=open_gatekeeper(loaded),
        metrics_open=loaded.metrics_open,
    )
    plan = ServePlan(bundles=tuple(map(str, bundles)), settings=loaded)
    return Service(load_models(plan), context)
