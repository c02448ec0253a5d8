"""The service: one request in, one response out, whatever happens in between."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from golive.errors import RequestError
from golive.service.catalog import Catalog
from golive.service.exchange import Facts, Request, Response
from golive.service.health import Health, unready_problem
from golive.service.native import predict_from_body, predict_from_query
from golive.service.negotiation import (
    accepts_json,
    echoed_headers,
    is_host_allowed,
    is_json_body,
)
from golive.service.problems import PROBLEM_TYPE, Problem, problem_body, status_of
from golive.service.protocols import Exposition
from golive.service.query_parameters import takes_query
from golive.service.routes import Call, Endpoint, Reply, Route, RouteTable
from golive.service.served import Limits, Readiness, ServedModel

__all__ = ["Service", "ServiceContext"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceContext:
    """What a service needs beside its models.

    Attributes:
        new_id: Makes request ids.
        allowed_hosts: Host names that are allowed beside loopback ones; `*` is every one.
        limits: What a request may cost.
        readiness: How far the start has come.
        exposition: Writes the metrics; without it there is no `/metrics`.
        logger: Gets the traceback of what should not have happened.
    """

    new_id: Callable[[], str]
    allowed_hosts: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    readiness: Readiness = field(default_factory=Readiness)
    exposition: Exposition | None = None
    logger: logging.Logger = field(default_factory=lambda: logging.getLogger("golive.service"))


class Service:
    """Answers requests without knowing how they came. Safe to call from several threads.

    Args:
        models: The models by name; none while they are being loaded.
        context: What it needs beside them.
    """

    def __init__(self, models: Mapping[str, ServedModel], context: ServiceContext) -> None:
        self.models = dict(models)
        self.context = context
        self._routes = _build_routes(self.models, context)
        self._is_drifted = any(model.drifted for model in self.models.values())

    def handle(self, request: Request) -> Response:
        """Answer the request; never raises."""
        request_id = self.context.new_id()
        route = self._routes.find(request.path)
        try:
            reply = self._reply(request, request_id, route)
        except RequestError as error:
            members = {} if error.hint is None else {"hint": error.hint}
            problem = Problem(code=error.code, detail=error.message, members=members)
            reply = _problem_reply(problem, request_id)
        except (Exception, SystemExit, KeyboardInterrupt):  # a model may raise anything
            self.context.logger.exception("request %s failed", request_id)
            problem = Problem(
                code="internal_error",
                detail="Something failed that should not have; the log tells more under this "
                "request_id.",
            )
            reply = _problem_reply(problem, request_id)
        return self._respond(request, request_id, route, reply)

    def refuse(self, request: Request, problem: Problem) -> Response:
        """The response to a request that the transport could not or would not hand over."""
        request_id = self.context.new_id()
        reply = _problem_reply(problem, request_id)
        return self._respond(request, request_id, self._routes.find(request.path), reply)

    def _reply(self, request: Request, request_id: str, route: Route | None) -> Reply:
        problem = self._host_problem(request) or self._route_problem(request, route)
        if problem is not None or route is None:
            return _problem_reply(problem or _not_found(self._routes, request), request_id)
        endpoint = route.endpoints["GET" if request.method == "HEAD" else request.method]
        problem = self._content_problem(request, endpoint)
        if problem is not None:
            return _problem_reply(problem, request_id)
        return endpoint.handler(Call(request=request, request_id=request_id, model=route.model))

    def _host_problem(self, request: Request) -> Problem | None:
        if is_host_allowed(request.headers.get("host"), self.context.allowed_hosts):
            return None
        return Problem(
            code="host_not_allowed",
            detail="The Host header names a host that this service does not answer for; it must "
            "be loopback or one of the allowed hosts.",
        )

    def _route_problem(self, request: Request, route: Route | None) -> Problem | None:
        if route is None:
            if self.context.readiness.stage == "starting":
                return unready_problem(self.context.readiness, self.context.limits)
            return _not_found(self._routes, request)
        if route.endpoint(request.method) is None:
            return Problem(
                code="method_not_allowed",
                detail=f"This path answers to {route.allow}.",
                headers={"allow": route.allow},
            )
        return None

    def _content_problem(self, request: Request, endpoint: Endpoint) -> Problem | None:
        if len(request.body) > self.context.limits.body_bytes:
            return Problem(
                code="body_too_large",
                detail=f"The body is larger than {self.context.limits.body_bytes} bytes; send the "
                "records in several requests.",
            )
        if endpoint.answers_json and not accepts_json(request.headers.get("accept")):
            return Problem(
                code="not_acceptable",
                detail="The answer is application/json, which the Accept header excludes.",
            )
        encoding = request.headers.get("content-encoding", "identity").strip().lower()
        if endpoint.reads_json and encoding not in ("identity", ""):
            return Problem(
                code="unsupported_media_type",
                detail="The body must not be compressed: send it without Content-Encoding.",
            )
        if endpoint.reads_json and not is_json_body(request.headers.get("content-type")):
            return Problem(
                code="unsupported_media_type",
                detail="The body must be declared as JSON in UTF-8: "
                "send the header Content-Type: application/json.",
            )
        return None

    def _respond(
        self, request: Request, request_id: str, route: Route | None, reply: Reply
    ) -> Response:
        model = None if route is None else route.model
        headers = {
            "content-type": reply.content_type,
            "content-length": str(len(reply.body)),
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
            "golive-request-id": request_id,
        }
        if model is not None:
            headers["golive-model-version"] = model.version
        if self._is_drifted:
            headers["golive-environment"] = "drifted"
        headers |= reply.headers | echoed_headers(request.headers)
        facts = Facts(
            request_id=request_id,
            route="unmatched" if route is None else route.pattern,
            model=None if model is None else model.name,
            version=None if model is None else model.version,
            records=reply.records,
            failed=reply.failed,
            codes=reply.codes,
            extra_columns=reply.extra_columns,
            out_of_range=reply.out_of_range,
        )
        body = b"" if request.method == "HEAD" else reply.body
        return Response(status=reply.status, headers=headers, body=body, facts=facts)


def _problem_reply(problem: Problem, request_id: str) -> Reply:
    return Reply(
        status=status_of(problem.code),
        content_type=PROBLEM_TYPE,
        headers=problem.headers,
        body=problem_body(problem, request_id),
        codes={problem.code: 1},
    )


def _not_found(routes: RouteTable, request: Request) -> Problem:
    paths = list(routes.paths)
    if request.path == "/predict":
        paths = [path for path in paths if path.endswith("/predict")]
        detail = "Several models are served here; each has a path of its own: " + ", ".join(paths)
    else:
        detail = "There is nothing at this path; `paths` lists what there is."
    return Problem(code="not_found", detail=detail, members={"paths": paths})


def _build_routes(models: Mapping[str, ServedModel], context: ServiceContext) -> RouteTable:
    served = tuple(models.values())
    has_metrics = context.exposition is not None
    catalog = Catalog(served, has_metrics=has_metrics)
    table = RouteTable()
    is_loading = not served and context.readiness.stage == "starting"
    if not is_loading:
        _add(table, "/", catalog.index)
        if len(served) == 1:
            _add_predict(table, "/predict", Route("/predict", {}, served[0]))
        _add(table, "/openapi.json", catalog.openapi)
        _add(table, "/models", catalog.models)
    for model in served:
        _add_model(table, catalog, model)
    _add_health(table, served, context)
    return table


def _add(table: RouteTable, path: str, handler: Callable[[Call], Reply]) -> None:
    table.add(path, Route(path, {"GET": Endpoint(handler=handler)}))


def _add_predict(table: RouteTable, path: str, route: Route) -> None:
    endpoints = {"POST": Endpoint(handler=predict_from_body, reads_json=True)}
    if route.model is not None and takes_query(route.model.engine.signature):
        endpoints["GET"] = Endpoint(handler=predict_from_query)
    table.add(path, replace(route, endpoints=endpoints))


def _add_model(table: RouteTable, catalog: Catalog, model: ServedModel) -> None:
    path, pattern = f"/models/{model.name}", "/models/{name}"
    _add_predict(table, f"{path}/predict", Route(f"{pattern}/predict", {}, model))
    for suffix, handler in (
        ("", catalog.model),
        ("/openapi.json", catalog.openapi),
        ("/schema.json", catalog.schema),
    ):
        endpoints = {"GET": Endpoint(handler=handler)}
        table.add(path + suffix, Route(pattern + suffix, endpoints, model))


def _add_health(
    table: RouteTable, models: tuple[ServedModel, ...], context: ServiceContext
) -> None:
    health = Health(
        models,
        readiness=context.readiness,
        limits=context.limits,
        exposition=context.exposition,
    )
    _add(table, "/healthz", health.alive)
    _add(table, "/readyz", health.ready)
    if context.exposition is not None:
        metrics = Endpoint(handler=health.metrics, answers_json=False)
        table.add("/metrics", Route("/metrics", {"GET": metrics}))
