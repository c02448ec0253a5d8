"""The application of a plan: what serves it in a process that has a server of its own."""

from __future__ import annotations

import atexit

from golive.forks import call_in_children
from golive.http.app import App, Lifespan
from golive.http.candidates import candidate_of, gateway_of, step_back_of
from golive.http.gateway_building import Gatehouse, build_gateway
from golive.http.plan import Refusal, ServePlan
from golive.http.protocols import Gateway
from golive.http.refreshing.following import Following
from golive.service.context import ServiceContext
from golive.wiring.candidate_trials import tried
from golive.wiring.models import load_models
from golive.wiring.refreshing import open_source

__all__ = ["build_following_app"]


def build_following_app(plan: ServePlan) -> App:
    """The ASGI application of a plan that follows references, has a candidate, or both.

    Its models are loaded when it is given back, but for a candidate that fails where it is tried.
    Each process that a server forks afterwards follows by itself.

    Args:
        plan: What is served, its references pinned.

    Raises:
        GoliveError: A model does not load here, or golden records are answered differently.
    """
    site = _Site(tried(plan))
    return App(site.house.gateway, lifespan=Lifespan(stop=site.close), answers=site.gateway)


class _Site:
    """What serves a plan in this process, and looks after it."""

    def __init__(self, plan: ServePlan) -> None:
        canary = plan.canary
        self._step_back = None if canary is None else step_back_of(canary, None)
        self._following = Following(plan, open_source, asked=self._asked) if plan.followed else None
        self.house: Gatehouse = build_gateway(plan.settings, change=self._context)
        self.gateway: Gateway = self.house.gateway
        if canary is not None and self._step_back is not None:
            self.gateway = gateway_of(canary, self.house.gateway, self._step_back)
        models, candidate = load_models(plan), None
        self._refusal: Refusal | None = None
        if self._step_back is not None:
            candidate, self._refusal = candidate_of(plan, open_source, models, self._step_back)
        self.house.stage.open(models, candidate=candidate)
        self._begin()
        call_in_children(self._begin)
        atexit.register(self.close)

    def close(self) -> None:
        """Look no more, and write the log lines that wait."""
        for part in (self._following, self._step_back):
            if part is not None:
                part.close()
        self.house.close()

    def _begin(self) -> None:
        """Begin to look; in a child, the parent's thread is not there."""
        if self._following is not None:
            self._following.begin(self.house, refusal=self._refusal)

    def _asked(self) -> None:
        if self._step_back is not None:
            self._step_back.forgive()

    def _context(self, context: ServiceContext) -> ServiceContext:
        for part in (self._following, self._step_back):
            if part is not None:
                context = part.context(context)
        return context
