"""Admission: everything about a request that its head alone decides, found out once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from golive.service.bodies import type_problem
from golive.service.compression import (
    SMALLEST_ENCODED,
    compressed,
    decompressed,
    is_worth_compressing,
    response_encoding,
)
from golive.service.context import ServiceContext
from golive.service.entrance import OPEN_ENTRANCE, Entrance, enter
from golive.service.exchange import Request, header_lines
from golive.service.health import unready_problem
from golive.service.negotiation import accepts_json, echoed_headers, is_host_allowed
from golive.service.problems import Problem
from golive.service.routes import Area, Endpoint, Route, RouteTable
from golive.service.served import Limits

if TYPE_CHECKING:
    from golive.service.cors import Crossing

__all__ = ["Admitted", "admit"]

_HOST_PROBLEM = Problem(
    code="host_not_allowed",
    detail="The Host header names a host that this service does not answer for; it must "
    "be loopback or one of the allowed hosts.",
)
_ADDRESS_PROBLEM = Problem(
    code="address_not_allowed",
    detail="The address from which this request comes is not among those that are let in.",
)


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """A head, and what is to be done with the requests that have it.

    Attributes:
        head: The request without its body.
        place: The route, or the area in which there is none.
        endpoint: What answers, or None where nothing does.
        refuses: Gives the problem of every request of this head, or None where there is none.
        refuses_body: The problem of every body that is not too large, or None.
        content_encoding: Of the body, or None.
        headers: Of every response, in their order; an empty value is still to be filled in.
        echoed: Headers that come last.
        usual_lines: What stands around the request id where a response has no further headers:
            the lines after those of the content, and the rest.
        accept_encoding: As the caller sent it, or None.
        least_encoded: Smaller bodies are sent as they are.
        key: Name and id of the key that was sent, or None where none was needed.
        is_barred: Whether the requests are not let in: by their host, address, origin or key.
    """

    head: Request
    place: Route | Area
    endpoint: Endpoint | None
    refuses: Callable[[], Problem] | None
    refuses_body: Problem | None
    content_encoding: str | None
    headers: dict[str, str]
    echoed: dict[str, str]
    usual_lines: tuple[str, str]
    accept_encoding: str | None
    least_encoded: int
    key: tuple[str, str] | None = None
    is_barred: bool = False

    def read(self, body: bytes, *, limits: Limits) -> bytes | Problem:
        """The body that the endpoint is to read, decompressed, or why it is not read.

        Args:
            body: As received.
            limits: Of bodies, received and decompressed.
        """
        limit = limits.body_bytes
        if len(body) > limit:
            return Problem(
                code="body_too_large",
                detail=f"The body is larger than {limit} bytes; send the records in several "
                "requests.",
            )
        if self.endpoint is None or not self.endpoint.reads:
            return body
        if self.refuses_body is not None:
            return self.refuses_body
        if self.content_encoding is None:
            return body
        return decompressed(
            body, self.content_encoding, limit=limit, most_times=limits.decompression_times
        )

    def unmetered(self) -> Admitted:
        """The same, but what is asked does not count against the limits of the key."""
        if not isinstance(self.place, Route):
            return self
        return msgspec.structs.replace(self, endpoint=self.place.endpoint(self.head.method))

    def encoded(self, body: bytes, vary: str) -> tuple[bytes, dict[str, str]]:
        """The body as it is sent, with the headers that say so.

        Args:
            body: The body.
            vary: What the response varies by otherwise; may be empty.
        """
        size = len(body)
        if size < self.least_encoded:
            return body, {}
        encoding = response_encoding(self.accept_encoding, size)
        if not is_worth_compressing(size) and encoding is None:
            return body, {}
        varies = {"vary": ", ".join(filter(None, (vary, "accept-encoding")))}
        if encoding is None:
            return body, varies
        return compressed(body, encoding), varies | {"content-encoding": encoding}


def admit(
    head: Request, routes: RouteTable, context: ServiceContext, *, is_drifted: bool
) -> Admitted:
    """Find out all that a head decides."""
    place = routes.place(head.path)
    endpoint = place.endpoint(head.method) if isinstance(place, Route) else None
    accept_encoding = head.headers.get("accept-encoding")
    crossing = None if context.origins is None else context.origins.cross(head, place)
    preflight = None if crossing is None else crossing.preflight
    entrance = _entrance(head, place, endpoint, context, crossing)
    if preflight is not None:
        endpoint = preflight
    endpoint = None if endpoint is None else _through(entrance, endpoint)
    headers = _headers(place, is_drifted=is_drifted) | entrance.headers
    if crossing is not None:
        headers |= crossing.headers
    echoed = echoed_headers(head.headers)
    return Admitted(
        head=head,
        place=place,
        endpoint=endpoint,
        refuses=partial(_identity, entrance.problem)
        if entrance.problem is not None
        else (None if preflight is not None else _refusal(head, place, endpoint, routes, context)),
        refuses_body=None if endpoint is None else _body_problem(head, endpoint),
        content_encoding=head.headers.get("content-encoding"),
        headers=headers,
        echoed=echoed,
        usual_lines=_usual_lines(headers | echoed),
        accept_encoding=accept_encoding,
        least_encoded=0 if accept_encoding and "q=" in accept_encoding else SMALLEST_ENCODED,
        key=entrance.key,
        is_barred=entrance.problem is not None,
    )


def _entrance(
    head: Request,
    place: Route | Area,
    endpoint: Endpoint | None,
    context: ServiceContext,
    crossing: Crossing | None,
) -> Entrance:
    """Whether the requests are let in: first by their host, last by their key."""
    if not is_host_allowed(head.headers.get("host"), context.allowed_hosts):
        return Entrance(problem=_HOST_PROBLEM)
    policy = context.addresses
    address = None if policy is None else policy.client(head.client, head.headers)
    if policy is not None and not policy.admits(address):
        return Entrance(problem=_ADDRESS_PROBLEM)
    if crossing is not None and crossing.problem is not None:
        return Entrance(problem=crossing.problem)
    gatekeeper = context.gatekeeper
    if gatekeeper is None or (crossing is not None and crossing.preflight is not None):
        return OPEN_ENTRANCE
    return enter(
        head, place, endpoint, gatekeeper, address=address, metrics_open=context.metrics_open
    )


def _through(entrance: Entrance, endpoint: Endpoint) -> Endpoint:
    """What answers those who are let in so."""
    if entrance.meter is not None:
        endpoint = entrance.meter(endpoint)
    if entrance.is_admin and endpoint.by_admin is not None:
        endpoint = msgspec.structs.replace(endpoint, handler=endpoint.by_admin)
    if entrance.allows_model is not None and endpoint.for_models is not None:
        handler = endpoint.for_models(entrance.allows_model)
        endpoint = msgspec.structs.replace(endpoint, handler=handler)
    return endpoint


def _identity(problem: Problem) -> Problem:
    return problem


def _headers(place: Route | Area, *, is_drifted: bool) -> dict[str, str]:
    headers = {
        "content-type": "",
        "content-length": "",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "golive-request-id": "",
    }
    if place.model is not None:
        headers["golive-model-version"] = place.model.version
        if place.model.features:
            asked = (f"{name}={version}" for name, version in place.model.features.items())
            headers["golive-feature-versions"] = ", ".join(asked)
    if is_drifted:
        headers["golive-environment"] = "drifted"
    return headers


def _usual_lines(headers: dict[str, str]) -> tuple[str, str]:
    """The lines around the request id, without those of the content."""
    kept = {name: value for name, value in headers.items() if not name.startswith("content-")}
    before, name, after = header_lines(kept).partition("golive-request-id: ")
    return before + name, after


def _refusal(
    head: Request,
    place: Route | Area,
    endpoint: Endpoint | None,
    routes: RouteTable,
    context: ServiceContext,
) -> Callable[[], Problem] | None:
    if isinstance(place, Area):  # how far the start has come may change
        return lambda: _not_found(head.path, place, routes, context)
    if endpoint is None:
        return lambda: _not_allowed(place)
    if endpoint.answers_json and not accepts_json(head.headers.get("accept")):
        return _not_acceptable
    return None


def _body_problem(head: Request, endpoint: Endpoint) -> Problem | None:
    if not endpoint.reads:
        return None
    problem = endpoint.refuses(head) if endpoint.refuses is not None else None
    return problem or type_problem(head, endpoint)


def _not_found(path: str, area: Area, routes: RouteTable, context: ServiceContext) -> Problem:
    if context.readiness.stage == "starting":
        problem = unready_problem(context.readiness, context.limits)
        if problem is not None:
            return problem
    return Problem(
        code="not_found",
        detail=area.explain(path) or "There is nothing at this path; `paths` lists what there is.",
        members={"paths": routes.paths(area)},
    )


def _not_allowed(route: Route) -> Problem:
    return Problem(
        code="method_not_allowed",
        detail=f"This path answers to {route.allow}.",
        headers={"allow": route.allow},
    )


def _not_acceptable() -> Problem:
    return Problem(
        code="not_acceptable",
        detail="The answer is application/json, which the Accept header excludes.",
    )
