"""Routes of the page: its document for browsers, and the files that it loads."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from golive.errors import RequestError
from golive.service.calls import Call, Reply
from golive.service.document_headers import document_headers
from golive.service.negotiation import accepts_json, prefers_html
from golive.service.page.assets import Asset, PageAssets, page_assets
from golive.service.routes import Endpoint, Handler, Route

__all__ = ["page_endpoint", "static_routes"]

_HEADERS = document_headers(images="'self' data: blob:") | {"vary": "accept"}
_FOR_EVER = "public, max-age=31536000, immutable"


def page_endpoint(otherwise: Callable[[Call], Reply], *, root: str) -> Endpoint:
    """An endpoint that answers with the page who prefers HTML, and `otherwise` who does not.

    Args:
        otherwise: Answers with JSON.
        root: The relative path from the page to the service's root, such as `../`.
    """
    assets = page_assets()
    document = assets.document.replace("{{static}}", root + assets.directory).encode()
    page = Reply(body=document, content_type="text/html; charset=utf-8", headers=dict(_HEADERS))

    def answer(call: Call) -> Reply:
        accept = call.request.headers.get("accept")
        if prefers_html(accept):
            return page
        if not accepts_json(accept):
            raise RequestError(
                "The answer is text/html or application/json, and the Accept header excludes both.",
                code="not_acceptable",
            )
        reply = otherwise(call)
        reply.headers["vary"] = "accept"
        return reply

    return Endpoint(handler=answer, answers_json=False)


def static_routes(assets: PageAssets | None = None) -> Iterator[tuple[str, Route]]:
    """The paths of the files that the page loads."""
    assets = assets or page_assets()
    for asset in assets.files:
        endpoint = Endpoint(handler=_file_handler(asset), answers_json=False)
        route = Route("/static/{file}", {"GET": endpoint}, is_listed=False)
        yield f"/{assets.directory}/{asset.name}", route


def _file_handler(asset: Asset) -> Handler:
    reply = Reply(
        body=asset.body, content_type=asset.content_type, headers={"cache-control": _FOR_EVER}
    )
    return lambda call: reply  # noqa: ARG005
