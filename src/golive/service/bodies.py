"""Bodies of requests: their size, their declared type and their content coding."""

from __future__ import annotations

from golive.service.compression import decompressed
from golive.service.exchange import Request
from golive.service.negotiation import is_csv_body, is_json_body
from golive.service.problems import Problem
from golive.service.routes import Endpoint

__all__ = ["body_of"]

_NAMES = {"json": "application/json", "csv": "text/csv"}


def body_of(request: Request, endpoint: Endpoint, *, limit: int) -> bytes | Problem:
    """The body that the endpoint is to read, decompressed, or why it is not read.

    Args:
        request: As received.
        endpoint: What will answer it.
        limit: Largest body in bytes, received and decompressed.
    """
    if len(request.body) > limit:
        return Problem(
            code="body_too_large",
            detail=f"The body is larger than {limit} bytes; send the records in several requests.",
        )
    if not endpoint.reads:
        return request.body
    problem = endpoint.refuses(request) if endpoint.refuses is not None else None
    problem = problem or _type_problem(request, endpoint)
    if problem is not None:
        return problem
    return decompressed(request.body, request.headers.get("content-encoding"), limit=limit)


def _type_problem(request: Request, endpoint: Endpoint) -> Problem | None:
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
