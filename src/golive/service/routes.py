"""Routes: path patterns, the methods of each, and what answers them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from golive.service.answering import Question
from golive.service.calls import Call, Reply
from golive.service.exchange import Request
from golive.service.problems import PLAIN_STYLE, Problem, ProblemStyle
from golive.service.served import ServedModel

__all__ = [
    "Area",
    "BodyType",
    "Effort",
    "Endpoint",
    "Handler",
    "Route",
    "RouteTable",
    "get_route",
]

BodyType = Literal["json", "csv"]
Effort = Literal["instant", "short", "long", "model"]


Handler = Callable[[Call], Reply | Question]


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """What answers a method of a route.

    Attributes:
        handler: Gives the reply, or the question that has to be answered before there is one.
        effort: What the reply costs: `instant` (microseconds), `short` (milliseconds, whatever the
            models do), `long` (anything else), or `model` where a model is asked.
        answers_json: Whether an `Accept` without JSON is refused.
        reads: The types of which one must be declared for the body; none where it is not read.
        may_omit_type: Whether a body without any declared type is read as JSON, too, unless a
            browser sent it: some clients declare none.
        shortcut: Gives the reply to some bodies, and request ids, that need not go through the
            handler, or None for all others.
        refuses: Gives the problem of a request that is not to be read, before its type is looked
            at, or None.
        waits: Whether the handler may wait for another machine, which is for threads.
        by_admin: Answers instead of the handler where a key of administration let the request in,
            or None where that makes no difference.
        for_models: Gives what answers instead, where a key let the request in that may not ask
            every model, from what tells whether it may ask one; or None as before.
    """

    handler: Handler
    effort: Effort = "long"
    answers_json: bool = True
    reads: tuple[BodyType, ...] = ()
    may_omit_type: bool = False
    shortcut: Callable[[bytes, str], Reply | None] | None = None
    refuses: Callable[[Request], Problem | None] | None = None
    waits: bool = False
    by_admin: Handler | None = None
    for_models: Callable[[Callable[[str], bool]], Handler] | None = None


class Route(msgspec.Struct, frozen=True):
    """A path and its methods.

    Attributes:
        pattern: As in logs and metrics, such as `/models/{name}/predict`.
        endpoints: Method to what answers it; HEAD comes with GET by itself.
        model: The model that it is about, or None.
        style: How its problems are written.
        is_listed: Whether it is told to those who ask for a path that is not there.
    """

    pattern: str
    endpoints: dict[str, Endpoint]
    model: ServedModel | None = None
    style: ProblemStyle = PLAIN_STYLE
    is_listed: bool = True

    @property
    def allow(self) -> str:
        """The value of the header `Allow`."""
        methods = set(self.endpoints) | ({"HEAD"} if "GET" in self.endpoints else set())
        return ", ".join(sorted(methods))

    def endpoint(self, method: str) -> Endpoint | None:
        """What answers the method, or None."""
        return self.endpoints.get("GET" if method == "HEAD" else method)


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """What is said where a path, or anything below it, is not found.

    Attributes:
        path: The path.
        style: How its problems are written.
        explain: What to say of a path, or None for the usual words.
        instead: The paths to name; those in the area if there are none.
        pattern: Its name in logs and metrics.
        model: None: no area is about a model.
    """

    path: str
    style: ProblemStyle = PLAIN_STYLE
    explain: Callable[[str], str | None] = lambda _: None
    instead: tuple[str, ...] = ()
    pattern: Literal["unmatched"] = "unmatched"
    model: None = None

    def holds(self, path: str) -> bool:
        """Whether the path is this one or below it."""
        return path == self.path or path.startswith(f"{self.path}/")


_EVERYWHERE = Area(path="")


class RouteTable:
    """Finds the route of a path; every path is known beforehand."""

    def __init__(self) -> None:
        self._routes: dict[str, Route] = {}
        self._areas: list[Area] = []

    def add(self, path: str, route: Route) -> None:
        """Answer `path` by `route`."""
        self._routes[path] = route

    def add_area(self, area: Area) -> None:
        """Speak of what is not found in the area as it wants."""
        self._areas.append(area)

    def place(self, path: str) -> Route | Area:
        """The route of a path, or the area in which there is none."""
        route = self._routes.get(path)
        if route is not None:
            return route
        return next((area for area in self._areas if area.holds(path)), _EVERYWHERE)

    def paths(self, area: Area) -> list[str]:
        """The paths to name in an area, in the order in which they were added.

        Those that end in a version are not among them: the same paths without one are.
        """
        if area.instead:
            return list(area.instead)
        return [
            path
            for path, route in self._routes.items()
            if route.is_listed
            and "{version}" not in route.pattern
            and (area is _EVERYWHERE or area.holds(path))
        ]


def get_route(
    pattern: str,
    handler: Handler,
    model: ServedModel | None = None,
    *,
    effort: Effort = "long",
) -> Route:
    """A route that answers GET (and HEAD) with JSON."""
    return Route(pattern, {"GET": Endpoint(handler=handler, effort=effort)}, model)
