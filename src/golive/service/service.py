"""The service: one request in, one response out, whatever happens in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from golive.errors import RequestError
from golive.service.bodies import body_of
from golive.service.compression import compressed, is_worth_compressing, response_encoding
from golive.service.context import ServiceContext
from golive.service.exchange import Facts, Request, Response
from golive.service.health import unready_problem
from golive.service.negotiation import accepts_json, echoed_headers, is_host_allowed
from golive.service.problems import Problem
from golive.service.route_building import build_routes
from golive.service.routes import Area, Call, Endpoint, Reply, Route, problem_reply
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
        place = self._routes.place(request.path)
        try:
            reply = self._reply(request, request_id, place)
        except RequestError as error:
            members = {} if error.hint is None else {"hint": error.hint}
            problem = Problem(code=error.code, detail=error.message, members=members)
            reply = problem_reply(problem, request_id, place.style)
        except (Exception, SystemExit, KeyboardInterrupt):  # a model may raise anything
            self.context.logger.exception("request %s failed", request_id)
            problem = Problem(
                code="internal_error",
                detail="Something failed that should not have; the log tells more under this "
                "request_id.",
            )
            reply = problem_reply(problem, request_id, place.style)
        return self._respond(request, request_id, place, reply)

    def refuse(self, request: Request, problem: Problem) -> Response:
        """The response to a request that the transport could not or would not hand over."""
        request_id = self.context.new_id()
        place = self._routes.place(request.path)
        reply = problem_reply(problem, request_id, place.style)
        return self._respond(request, request_id, place, reply)

    def _reply(self, request: Request, request_id: str, place: Route | Area) -> Reply:
        problem = self._host_problem(request)
        if problem is not None:
            return problem_reply(problem, request_id, place.style)
        if isinstance(place, Area):
            return problem_reply(self._not_found(request, place), request_id, place.style)
        endpoint = place.endpoint(request.method)
        if endpoint is None:
            return problem_reply(_not_allowed(place), request_id, place.style)
        body = self._body(request, endpoint)
        if isinstance(body, Problem):
            return problem_reply(body, request_id, place.style)
        if body is not request.body:
            request = replace(request, body=body)
        call = Call(request=request, request_id=request_id, model=place.model, style=place.style)
        return endpoint.handler(call)

    def _host_problem(self, request: Request) -> Problem | None:
        if is_host_allowed(request.headers.get("host"), self.context.allowed_hosts):
            return None
        return Problem(
            code="host_not_allowed",
            detail="The Host header names a host that this service does not answer for; it must "
            "be loopback or one of the allowed hosts.",
        )

    def _not_found(self, request: Request, area: Area) -> Problem:
        if self.context.readiness.stage == "starting":
            problem = unready_problem(self.context.readiness, self.context.limits)
            if problem is not None:
                return problem
        detail = area.explain(request.path)
        return Problem(
            code="not_found",
            detail=detail or "There is nothing at this path; `paths` lists what there is.",
            members={"paths": self._routes.paths(area)},
        )

    def _body(self, request: Request, endpoint: Endpoint) -> bytes | Problem:
        if endpoint.answers_json and not accepts_json(request.headers.get("accept")):
            return Problem(
                code="not_acceptable",
                detail="The answer is application/json, which the Accept header excludes.",
            )
        return body_of(request, endpoint, limit=self.context.limits.body_bytes)

    def _respond(
        self, request: Request, request_id: str, place: Route | Area, reply: Reply
    ) -> Response:
        body, encoding = _encoded(request, reply)
        headers = {
            "content-type": reply.content_type,
            "content-length": str(len(body)),
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
            "golive-request-id": request_id,
        }
        if place.model is not None:
            headers["golive-model-version"] = place.model.version
        if self._is_drifted:
            headers["golive-environment"] = "drifted"
        headers |= reply.headers | encoding | echoed_headers(request.headers)
        facts = Facts(
            request_id=request_id,
            route=place.pattern,
            model=None if place.model is None else place.model.name,
            version=None if place.model is None else place.model.version,
            records=reply.records,
            failed=reply.failed,
            codes=reply.codes,
            extra_columns=reply.extra_columns,
            out_of_range=reply.out_of_range,
        )
        sent = b"" if request.method == "HEAD" else body
        return Response(status=reply.status, headers=headers, body=sent, facts=facts)


def _not_allowed(route: Route) -> Problem:
    return Problem(
        code="method_not_allowed",
        detail=f"This path answers to {route.allow}.",
        headers={"allow": route.allow},
    )


def _encoded(request: Request, reply: Reply) -> tuple[bytes, dict[str, str]]:
    """The body as it is sent, with the headers that say so."""
    size = len(reply.body)
    encoding = response_encoding(request.headers.get("accept-encoding"), size)
    if not is_worth_compressing(size) and encoding is None:
        return reply.body, {}
    vary = {"vary": ", ".join(filter(None, (reply.headers.get("vary"), "accept-encoding")))}
    if encoding is None:
        return reply.body, vary
    return compressed(reply.body, encoding), vary | {"content-encoding": encoding}
