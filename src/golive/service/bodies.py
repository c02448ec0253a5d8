"""Bodies of requests: the types that may be declared for them."""

from __future__ import annotations

from golive.service.exchange import Request
from golive.service.negotiation import is_csv_body, is_json_body
from golive.service.problems import Problem
from golive.service.routes import Endpoint

__all__ = ["type_problem"]

_NAMES = {"json": "application/json", "csv": "text/csv"}


def type_problem(request: Request, endpoint: Endpoint) -> Problem | None:
    """Why the endpoint does not read a body of the declared type, or None."""
    declared = request.headers.get("content-type")
    if "json" in endpoint.reads and is_json_body(declared):
        return None
    if "csv" in endpoint.reads and is_csv_body(declared):
        return None
    if declared is None and endpoint.may_omit_type and not _is_of_browser(request):
        return None
    kinds = " or ".join(kind.upper() for kind in endpoint.reads)
    headers = " or ".join(f"Content-Type: {_NAMES[kind]}" for kind in endpoint.reads)
    return Problem(
        code="unsupported_media_type",
        detail=f"The body must be declared as {kinds} in UTF-8: send the header {headers}.",
    )


def _is_of_browser(request: Request) -> bool:
    """Whether a browser may have sent it: each says where a POST comes from."""
    return "origin" in request.headers or "sec-fetch-site" in request.headers
