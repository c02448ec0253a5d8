"""The service: one request in, one response out, whatever happens in between."""

from __future__ import annotations

from collections.abc import Mapping

from golive.errors import RequestError
from golive.service.context import ServiceContext
from golive.service.exchange import Facts, Request, Response
from golive.service.health import unready_problem
from golive.service.negotiation import (
    accepts_json,
    echoed_headers,
    is_host_allowed,
    is_json_body,
)
from golive.service.problems import PROBLEM_TYPE, Problem, problem_body, status_of
from golive.service.route_building import build_routes
from golive.service.routes import Call, Endpoint, Reply, Route, RouteTable
from golive.service.served import ServedModel

__all__ = ["Service"]


class Service:
    """Answers requests without knowing how they came. Safe to call from several threads.

    Args:
        models: The models by name; none while they are being loaded.
        context: What it needs beside them.
    """

    def __init__(self, models: Mapping[str, ServedModel], context: ServiceContext) -> None:
        self.models = dict(models)
        self.context = context
        self._routes = build_routes(self.models, context)
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
