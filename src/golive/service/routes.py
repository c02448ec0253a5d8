"""Routes: path patterns, the methods of each, and what answers them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from golive.service.exchange import Request
from golive.service.served import ServedModel

__all__ = ["Call", "Endpoint", "Handler", "Reply", "Route", "RouteTable", "get_route"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request on its way through a handler.

    Attributes:
        request: As received.
        request_id: The server's id.
        model: The model that the route is about, or None.
    """

    request: Request
    request_id: str
    model: ServedModel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a handler gives.

    Attributes:
        body: The body.
        status: HTTP status.
        content_type: Of the body.
        headers: Further headers.
        records: Records in the request.
        failed: Records that got an error.
        codes: Error code to count.
        extra_columns: Values that were ignored.
        out_of_range: Values outside the sample's range.
    """

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    records: int = 0
    failed: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    extra_columns: int = 0
    out_of_range: int = 0


Handler = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What answers a method of a route.

    Attributes:
        handler: Gives the reply.
        answers_json: Whether an `Accept` without JSON is refused.
        reads_json: Whether a body of a declared JSON type is required.
    """

    handler: Handler
    answers_json: bool = True
    reads_json: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """A path and its methods.

    Attributes:
        pattern: As in logs and metrics, such as `/models/{name}/predict`.
        endpoints: Method to what answers it; HEAD comes with GET by itself.
        model: The model that it is about, or None.
    """

    pattern: str
    endpoints: dict[str, Endpoint]
    model: ServedModel | None = None

    @property
    def allow(self) -> str:
        """The value of the header `Allow`."""
        methods = set(self.endpoints) | ({"HEAD"} if "GET" in self.endpoints else set())
        return ", ".join(sorted(methods))

    def endpoint(self, method: str) -> Endpoint | None:
        """What answers the method, or None."""
        return self.endpoints.get("GET" if method == "HEAD" else method)


class RouteTable:
    """Finds the route of a path; every path is known beforehand."""

    def __init__(self) -> None:
        self._routes: dict[str, Route] = {}

    def add(self, path: str, route: Route) -> None:
        """Answer `path` by `route`."""
        self._routes[path] = route

    def find(self, path: str) -> Route | None:
        """The route of the path, or None."""
        return self._routes.get(path)

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path, in the order in which they were added."""
        return tuple(self._routes)


def get_route(pattern: str, handler: Handler, model: ServedModel | None = None) -> Route:
    """A route that answers GET (and HEAD) with JSON."""
    return Route(pattern, {"GET": Endpoint(handler=handler)}, model)
