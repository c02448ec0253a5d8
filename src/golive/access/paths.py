"""Paths: which there are, so that no key is made for one that there is not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from golive.errors import UsageError

__all__ = ["PATTERNS", "checked_routes", "may_match"]

PATTERNS = (
    "/",
    "/predict",
    "/models",
    "/models/{name}",
    "/models/{name}/predict",
    "/models/{name}/invocations",
    "/models/{name}/openapi.json",
    "/models/{name}/schema.json",
    "/invocations",
    "/v1/models",
    "/v1/models/{name}",
    "/v1/models/{name}:predict",
    "/v1/models/{name}/versions/{version}",
    "/v1/models/{name}/versions/{version}:predict",
    "/v2",
    "/v2/models/{name}",
    "/v2/models/{name}/ready",
    "/v2/models/{name}/infer",
    "/v2/models/{name}/versions/{version}",
    "/v2/models/{name}/versions/{version}/ready",
    "/v2/models/{name}/versions/{version}/infer",
    "/v2/health/live",
    "/v2/health/ready",
    "/healthz",
    "/readyz",
    "/ping",
    "/version",
    "/metrics",
    "/openapi.json",
    "/docs",
    "/docs/{file}",
    "/static/{version}/{file}",
    "/admin/refresh",
)
"""Every path that a server may answer; what is in braces has no slash in it."""

_ADMIN = "/admin/"
_PLACEHOLDER = re.compile(r"\{[a-z]+\}")
_SEGMENT = re.compile(r"[^/]+")


def checked_routes(routes: Sequence[str], *, is_admin: bool) -> tuple[str, ...]:
    """The routes of a key, if each may match a path.

    Args:
        routes: Paths, where one that ends with `*` is a beginning.
        is_admin: Whether the key is one of administration.

    Raises:
        UsageError: One matches nothing that a server answers, or that such a key opens.
    """
    for route in routes:
        matched = [pattern for pattern in PATTERNS if may_match(route, pattern)]
        if not matched:
            raise UsageError(
                f"--routes: {route!r} is no path of a server; the key would open nothing.",
                hint=f"a route is a path, or the beginning of some with *: {', '.join(PATTERNS)}",
            )
        if all(pattern.startswith(_ADMIN) for pattern in matched) and not is_admin:
            raise UsageError(
                f"--routes: {route!r} is opened by keys of administration alone.",
                hint="add --admin",
            )
    return tuple(routes)


def may_match(route: str, pattern: str) -> bool:
    """Whether a route may match a path of the pattern."""
    parts = _PLACEHOLDER.split(pattern)
    if not route.endswith("*"):
        return re.fullmatch("[^/]+".join(map(re.escape, parts)), route) is not None
    return _may_begin(route[:-1], parts)


def _may_begin(beginning: str, parts: Sequence[str]) -> bool:
    """Whether a path begins so that has these parts, and anything without a slash in between."""
    for number, part in enumerate(parts):
        if number:
            segment = _SEGMENT.match(beginning)
            if segment is None:
                return False
            beginning = beginning[segment.end() :]
        if len(beginning) <= len(part):
            return part.startswith(beginning)
        if not beginning.startswith(part):
            return False
        beginning = beginning[len(part) :]
    return False
