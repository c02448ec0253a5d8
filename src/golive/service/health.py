"""Health and metrics: whether the process lives, is ready, and how it fares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golive.service.context import ServiceContext
from golive.service.json_text import encode_json
from golive.service.problems import Problem
from golive.service.protocols import Exposition
from golive.service.routes import Call, Endpoint, Reply, Route, get_route, problem_reply
from golive.service.served import Limits, Readiness, ServedModel, Stage

__all__ = ["Health", "health_routes", "unready_problem"]


class Health:
    """Answers `/healthz`, `/readyz` and `/metrics`."""

    def __init__(
        self,
        models: Sequence[ServedModel],
        *,
        readiness: Readiness,
        limits: Limits,
        exposition: Exposition | None,
    ) -> None:
        self._models = models
        self._readiness = readiness
        self._limits = limits
        self._exposition = exposition

    def alive(self, call: Call) -> Reply:  # noqa: ARG002
        """Answer `/healthz`: the process answers, whatever its models do."""
        return Reply(body=encode_json({"status": "alive"}))

    def ready(self, call: Call) -> Reply:
        """Answer `/readyz`: 200 if requests should be sent here, else 503."""
        problem = unready_problem(self._readiness, self._limits)
        if problem is not None:
            return problem_reply(problem, call.request_id, call.style)
        models = [{"name": model.name, "version": model.version} for model in self._models]
        return Reply(body=encode_json({"status": "ready", "models": models}))

    def metrics(self, call: Call) -> Reply:  # noqa: ARG002
        """Answer `/metrics`: the text format of Prometheus."""
        if self._exposition is None:
            raise LookupError("This service has no metrics.")
        content_type, body = self._exposition()
        return Reply(body=body, content_type=content_type)


def health_routes(
    models: Sequence[ServedModel], context: ServiceContext
) -> Iterator[tuple[str, Route]]:
    """The paths that tell how the process fares."""
    health = Health(
        models,
        readiness=context.readiness,
        limits=context.limits,
        exposition=context.exposition,
    )
    yield "/healthz", get_route("/healthz", health.alive)
    yield "/readyz", get_route("/readyz", health.ready)
    if context.exposition is not None:
        metrics = Endpoint(handler=health.metrics, answers_json=False)
        yield "/metrics", Route("/metrics", {"GET": metrics})


def unready_problem(readiness: Readiness, limits: Limits) -> Problem | None:
    """Why no requests should be sent here, or None."""
    stage = readiness.stage
    if stage == "ready":
        return None
    headers = {"retry-after": str(limits.retry_after)}
    return Problem(code=stage, detail=_DETAILS[stage], headers=headers)


_DETAILS: dict[Stage, str] = {
    "starting": "The models are being loaded; ask again.",
    "draining": "This process is ending; another one will answer.",
}
