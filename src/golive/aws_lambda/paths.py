"""Paths: which path of the service a front's path is. Pure.

A stage of API Gateway, the base path of a domain of one's own and a route's pattern may all stand
in an event; what the route caught is what was asked for, and where there is none the path counts
without the stage.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

__all__ = ["service_path"]

_PARAMETER = re.compile(r"\{([^}+]+)\+?\}")
_OWN_DOMAIN = ".execute-api."


def service_path(
    path: str,
    *,
    route: str | None = None,
    parameters: dict[str, Any] | None = None,
    stage: str | None = None,
    domain: str | None = None,
    base_path: str = "",
) -> str:
    """The path of the service.

    Args:
        path: As the event has it.
        route: The pattern of the resource, such as `/{proxy+}`, or None.
        parameters: What its parameters caught.
        stage: The stage's name.
        domain: Under which it was asked; a domain of one's own has no stage in its paths.
        base_path: What else stands before every path, such as `/models`.
    """
    whole = _rooted(unquote(path))
    found = _caught(route, parameters or {})
    if found is None or not whole.endswith(found):
        has_stage = stage not in (None, "", "$default") and _shows_stage(domain)
        found = _without(whole, f"/{stage}") if has_stage else whole
    return _without(found, base_path)


def _caught(route: str | None, parameters: dict[str, Any]) -> str | None:
    """The path that a route caught, or None where it does not say."""
    if route is None or not route.startswith("/"):
        return None
    names = _PARAMETER.findall(route)
    if any(not isinstance(parameters.get(name), str) for name in names):
        return None
    return _rooted(_PARAMETER.sub(lambda found: unquote(parameters[found[1]]), route))


def _rooted(path: str) -> str:
    return "/" + path.lstrip("/")


def _shows_stage(domain: str | None) -> bool:
    return domain is None or _OWN_DOMAIN in domain


def _without(path: str, before: str) -> str:
    before = before.rstrip("/")
    if not before:
        return path
    before = _rooted(before)
    if path == before:
        return "/"
    return path[len(before) :] if path.startswith(f"{before}/") else path
