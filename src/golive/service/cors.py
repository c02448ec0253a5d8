"""CORS: which pages of other origins may read the answers, and what browsers ask beforehand.

Nothing here depends on a key: browsers send none with a preflight, and a page that may not read an
answer is kept from it by the browser, not by the service. Credentials are never allowed: a page has
to send a key itself, in a header.
"""

from __future__ import annotations

import re

import msgspec

from golive.errors import UsageError
from golive.service.calls import Call, Reply
from golive.service.exchange import Request
from golive.service.problems import Problem
from golive.service.routes import Area, Endpoint, Handler, Route

__all__ = ["Crossing", "Origins", "read_origins"]

_ORIGIN = re.compile(
    r"[a-z][a-z0-9+.-]*://(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.ASCII
)
_NAMES = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+(?: *, *[!#$%&'*+.^_`|~0-9A-Za-z-]+)*", re.ASCII)
_LONGEST_NAMES = 2000
_PREFLIGHT_SECONDS = 600
_USUAL_PORTS = {"http://": ":80", "https://": ":443"}
_EXPOSED = (
    "golive-request-id, golive-model-version, golive-feature-versions, golive-environment, "
    "golive-defaults, retry-after, ratelimit, ratelimit-policy, x-request-id, traceparent"
)


class Crossing(msgspec.Struct, frozen=True, kw_only=True):
    """What the origin of a head decides.

    Attributes:
        headers: Of every response.
        preflight: Answers what a browser asks beforehand, or None for any other request.
        problem: Why what it asks for is not allowed, or None.
    """

    headers: dict[str, str]
    preflight: Endpoint | None = None
    problem: Problem | None = None


class Origins(msgspec.Struct, frozen=True):
    """The origins whose pages may read answers.

    Attributes:
        allowed: As browsers write them; `*` is every one.
    """

    allowed: frozenset[str]

    def cross(self, head: Request, place: Route | Area) -> Crossing:
        """Decide about all requests of a head."""
        headers = self._headers(self._origin(head))
        if not _is_preflight(head):
            return Crossing(headers=headers)
        if "access-control-allow-origin" not in headers:
            detail = f"Pages of this origin may not ask: it is not among those of {_SETTING}."
            problem = Problem(code="origin_not_allowed", detail=detail)
            return Crossing(headers=headers, problem=problem)
        endpoint = Endpoint(handler=_preflight(head, place), effort="instant", answers_json=False)
        return Crossing(headers=headers, preflight=endpoint)

    def _origin(self, head: Request) -> str | None:
        """The origin of a head; of one that could not be read, the only one that there may be."""
        origin = head.headers.get("origin")
        if origin is None and not head.method and len(self.allowed) == 1:
            [origin] = self.allowed
        return origin

    def _headers(self, origin: str | None) -> dict[str, str]:
        if "*" in self.allowed:
            return {"access-control-allow-origin": "*", "access-control-expose-headers": _EXPOSED}
        if origin is None or origin not in self.allowed:
            return {"vary": "origin"}
        return {
            "vary": "origin",
            "access-control-allow-origin": origin,
            "access-control-expose-headers": _EXPOSED,
        }


_SETTING = "--cors-origins"


def read_origins(texts: tuple[str, ...]) -> Origins | None:
    """The origins that the setting names, or None where it names none.

    Raises:
        UsageError: One is no origin.
    """
    return Origins(frozenset(map(_read_origin, texts))) if texts else None


def _read_origin(text: str) -> str:
    origin = text.strip().lower()
    if origin == "*":
        return origin
    if not _ORIGIN.fullmatch(origin):
        raise UsageError(
            f"{_SETTING} {text!r} is no origin.",
            hint="write scheme and host, and the port if it is not the usual one, without a path: "
            "https://app.example.com",
        )
    for scheme, port in _USUAL_PORTS.items():
        if origin.startswith(scheme):
            origin = origin.removesuffix(port)  # browsers leave it out
    return origin


def _is_preflight(head: Request) -> bool:
    headers = head.headers
    return (
        head.method == "OPTIONS"
        and "origin" in headers
        and "access-control-request-method" in headers
    )


def _preflight(head: Request, place: Route | Area) -> Handler:
    allow = place.allow if isinstance(place, Route) else "GET, HEAD, POST"
    headers = {
        "access-control-allow-methods": allow,
        "access-control-max-age": str(_PREFLIGHT_SECONDS),
    }
    names = head.headers.get("access-control-request-headers", "").strip()
    if len(names) <= _LONGEST_NAMES and _NAMES.fullmatch(names):
        headers["access-control-allow-headers"] = names
    varies = "access-control-request-headers"

    def answer(call: Call) -> Reply:  # noqa: ARG001
        return Reply(status=204, body=b"", headers=headers | {"vary": varies})

    return answer
