"""`golive serve`: the server runs a plan, and a person is told where it answers."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable

from golive.bundle.reading import Bundle
from golive.errors import GoliveError, UsageError
from golive.http.entrance_building import addresses_of, open_token_desk, origins_of
from golive.http.plan import Canary, Placement, ServePlan
from golive.http.server import serve as run_server
from golive.signature.model import JsonValue
from golive.wiring.models import load_models, open_all, pin

__all__ = ["announcement", "serve"]

_NO_KEY = "The file of keys has none, and nobody is let in: golive keys create --name NAME"


def serve(plan: ServePlan, *, announce: Callable[[str], None]) -> None:
    """Serve a plan's bundles until a signal ends it.

    Args:
        plan: What to serve and how.
        announce: Told the address and a command that asks it, once requests are answered.

    Raises:
        UsageError: A bundle is missing, two have the same name, the address cannot be had, or a
            setting names no origin or no network.
        BundleError: A bundle is not what was packed.
        KeysError: The file of keys is missing or cannot be trusted.
        EnvironmentNotMadeError: The packages of a model that is served apart cannot be installed.
        GoliveError: A model does not load here, or golden records are answered differently.
    """
    plan = pin(plan)
    origins_of(plan.settings)  # a mistake in them is told before anything is served
    addresses_of(plan.settings)
    open_token_desk(plan.settings)
    needs_key, notes = plan.settings.oidc_issuer is not None, list[str]()
    if plan.settings.keys is not None:
        from golive.wiring.keys import check_keys
        from golive.wiring.limits import limits_notes

        has_key, needs_key = check_keys(plan.settings.keys), True
        notes = [*([] if has_key else [_NO_KEY]), *limits_notes(plan.settings)]
    bundles = open_all(plan)
    plan, apart = _prepared(plan, bundles, announce)

    def tell(url: str) -> None:
        for line in [*announcement(bundles, url, needs_key=needs_key), *notes]:
            announce(line)
        for placement in plan.placements if apart is None else (*plan.placements, apart):
            announce(f"In a process apart: {', '.join(placement.models)} ({placement.python})")
        if plan.canary is not None:
            announce(_about(plan.canary, plan))

    source = None
    if plan.canary is not None:
        from golive.wiring.refreshing import open_source  # few servers have a candidate

        source = open_source
    if plan.followed:
        from golive.wiring.following import serve_following  # few servers follow anything

        serve_following(plan, announce=tell)
        return
    run_server(plan, load_models, on_ready=tell, open_source=source)


def _prepared(
    plan: ServePlan, bundles: dict[str, Bundle], announce: Callable[[str], None]
) -> tuple[ServePlan, Placement | None]:
    """The plan, its environments made and its candidate tried, and the process of that one.

    Raises:
        GoliveError: As `serve`.
    """
    apart = None
    if plan.settings.isolate is not None or plan.settings.pythons:
        from golive.wiring.isolating import candidate_placement, isolate  # few servers do

        plan = isolate(plan, bundles, tell=announce)
        try:
            apart = candidate_placement(plan, tell=announce)
        except UsageError:
            raise
        except GoliveError:  # of the candidate alone, which is left out below
            apart = None
    if plan.canary is None:
        return plan, None
    from golive.wiring.candidate_trials import tried  # few servers have a candidate

    plan = tried(plan)
    is_refused = plan.canary is not None and plan.canary.refusal is not None
    return plan, None if is_refused else apart


def _about(canary: Canary, plan: ServePlan) -> str:
    if canary.refusal is not None:
        model = canary.named.model
        usual = next(named for named in plan.pinned.values() if named.model == model)
        why = canary.refusal.message
        return f"{canary.named.label} is not asked, {usual.label} answers alone: {why}"
    share = f"{100 * canary.share:g}% of the requests instead"
    what = "copies of the requests" if canary.is_shadow else share
    return f"{canary.named.label} answers {what}."


def announcement(bundles: dict[str, Bundle], url: str, *, needs_key: bool = False) -> list[str]:
    """What a person is told once requests are answered: addresses, a curl of each, the page."""
    lines = []
    for name, bundle in bundles.items():
        path = "/predict" if len(bundles) == 1 else f"/models/{name}/predict"
        lines.append(f"{name} {bundle.version} answers at {url}{path}")
        lines += _curl(_record(name, bundles), f"{url}{path}", needs_key=needs_key)
    return [*lines, f"Or open {url}/ in a browser."]


def _record(name: str, bundles: dict[str, Bundle]) -> JsonValue:
    """A golden record that callers may send, or None."""
    bundle = bundles[name]
    if len(bundles) > 1 and bundle.signature.features:
        from golive.wiring.chains import sent_record  # few servers have chains

        return sent_record(name, bundles)
    return next((g.record for g in bundle.golden if _is_answered(g.output)), None)


def _curl(record: JsonValue, address: str, *, needs_key: bool) -> list[str]:
    if record is None:
        return []
    body = shlex.quote(json.dumps(record, ensure_ascii=False))
    key = ' -H "x-api-key: $KEY"' if needs_key else ""
    return [
        "Try it, with your key in $KEY:" if needs_key else "Try it:",
        f"  curl {address} -H 'content-type: application/json'{key} -d {body}",
    ]


def _is_answered(output: JsonValue) -> bool:
    return isinstance(output, dict) and "error" not in output
