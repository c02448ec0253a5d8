"""Health and metrics: whether the process lives, is ready, and how it fares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from golive.service.calls import Call, Reply, problem_reply
from golive.service.context import ServiceContext
from golive.service.json_text import encode_json
from golive.service.problems import Problem
from golive.service.routes import Endpoint, Handler, Route, get_route
from golive.service.served import Limits, Readiness, ServedModel, Stage
from golive.signature.model import JsonValue

__all__ = ["Health", "health_routes", "ready_reply", "unready_problem"]


class Health:
    """Answers `/healthz`, `/readyz` and `/metrics`."""

    def __init__(self, models: Sequence[ServedModel], context: ServiceContext) -> None:
        self._models = models
        self._context = context

    def alive(self, call: Call) -> Reply:  # noqa: ARG002
        """Answer `/healthz`: the process answers, whatever its models do."""
        return Reply(body=encode_json({"status": "alive"}))

    def ready(self, call: Call) -> Reply:
        """Answer `/readyz`: 200 if requests should be sent here, else 503."""
        body: dict[str, JsonValue] = {
            "status": "ready",
            "models": [_about(model) for model in self._models],
        }
        body |= {name: tell() for name, tell in self._context.facts.items()}
        return ready_reply(call, self._context, body)

    def metrics(self, call: Call) -> Reply:  # noqa: ARG002
        """Answer `/metrics`: the text format of Prometheus."""
        return self._exposed(None)

    def metrics_of(self, allows: Callable[[str], bool]) -> Handler:
        """What answers `/metrics` with the models that a key may ask, and what is of none."""
        return lambda _: self._exposed(allows)

    def _exposed(self, allows: Callable[[str], bool] | None) -> Reply:
        if self._context.exposition is None:
            raise LookupError("This service has no metrics.")
        content_type, body = self._context.exposition(allows)
        return Reply(body=body, content_type=content_type)


def health_routes(
    models: Sequence[ServedModel], context: ServiceContext
) -> Iterator[tuple[str, Route]]:
    """The paths that tell how the process fares."""
    health = Health(models, context)
    yield "/healthz", get_route("/healthz", health.alive, effort="instant")
    yield "/readyz", get_route("/readyz", health.ready, effort="instant")
    if context.exposition is not None:
        metrics = Endpoint(
            handler=health.metrics,
            for_models=health.metrics_of,
            effort="short",
            answers_json=False,
        )
        yield "/metrics", Route("/metrics", {"GET": metrics})


def _about(model: ServedModel) -> dict[str, JsonValue]:
    about: dict[str, JsonValue] = {"name": model.name, "version": model.version}
    return about if model.backend is None else about | {"backend": model.backend.facts()}


def ready_reply(call: Call, context: ServiceContext, body: JsonValue) -> Reply:
    """The body if requests should be sent here, and to the model in question, else 503."""
    problem = unready_problem(context.readiness, context.limits) or _absent(call, context.limits)
    if problem is not None:
        return problem_reply(problem, call.request_id, call.style)
    return Reply(body=encode_json(body))


def _absent(call: Call, limits: Limits) -> Problem | None:
    """Why the model that a call is about cannot be asked now, or None."""
    model = call.model
    if model is None or model.backend is None or model.backend.is_running:
        return None
    return Problem(
        code="backend_unavailable",
        detail=f"The process that holds {model.name} does not run at the moment.",
        headers={"retry-after": str(limits.retry_after)},
    )


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
