"""The ASGI application of bundles, for any ASGI server and for mounting in other applications."""

from __future__ import annotations

import atexit
from pathlib import Path
from typing import Any

from golive.errors import UsageError
from golive.http.app import App, Lifespan
from golive.http.gateway_building import build_gateway
from golive.http.plan import ServePlan
from golive.settings import ServeSettings, limit_numeric_threads, refresh_secret
from golive.wiring.models import load_models, pin

__all__ = ["asgi_app"]


def asgi_app(
    *bundles: str | Path,
    verify: bool = False,
    allow_drifted_environment: bool = False,
    original: bool = False,
    **settings: Any,
) -> App:
    """An ASGI 3 application that answers as `golive serve` does.

    The models are loaded before it is given back, so that it needs no lifespan events, which
    applications do not pass on to what they mount. Log lines go to stderr. BLAS and OpenMP get
    the threads that the settings say, if they are not loaded yet.

    Args:
        *bundles: Paths of bundles, or versions in a registry such as `games@prod`; one answers at
            /predict, several at /models/NAME/predict.
        verify: Hash every file again even if this machine has verified it before.
        allow_drifted_environment: Serve even if golden records are answered differently.
        original: Let the original models answer, not their compiled programs.
        **settings: Settings of `golive serve`, such as `allowed_hosts=("models.example.com",)`;
            those about sockets, workers and the end of a server say nothing here. With `refresh`,
            `canary` or `shadow`, each process of the server follows, and judges a candidate, by
            itself.

    Raises:
        UsageError: A bundle is missing, two have the same name, or a setting is not one.
        BundleError: A bundle is not what was packed.
        KeysError: The file of keys is missing or cannot be trusted.
        GoliveError: A model does not load here, or golden records are answered differently.
    """
    loaded = ServeSettings.load(**settings)
    if loaded.isolate or loaded.pythons:
        raise UsageError(
            "An ASGI application serves all models in its own process.",
            hint="golive serve A B --isolate environment",
        )
    plan = ServePlan(
        bundles=tuple(map(str, bundles)),
        settings=loaded,
        verify=verify,
        allow_drifted_environment=allow_drifted_environment,
        original=original,
        refresh_secret=refresh_secret() if loaded.refresh is not None else None,
    )
    limit_numeric_threads(loaded.numeric_threads)
    if loaded.keys is not None:
        from golive.wiring.keys import check_keys

        check_keys(loaded.keys)
    plan = pin(plan)
    if plan.followed or plan.canary is not None:
        from golive.wiring.application import build_following_app  # few applications do either

        return build_following_app(plan)
    house = build_gateway(loaded)
    house.open(load_models(plan))
    atexit.register(house.close)
    return App(house.gateway, lifespan=Lifespan(stop=house.close))
