"""Routes of `/docs`: its document, its own files, and those of the package with Swagger UI."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from golive.service.calls import Call, Reply
from golive.service.document_headers import document_headers
from golive.service.routes import Endpoint, Route

__all__ = ["DOCS_PATH", "docs_routes"]

DOCS_PATH = "/docs"

_OWN_FILES = ("colours.css", "initializer.js")
_FOREIGN_FILES = ("favicon-32x32.png", "swagger-ui-bundle.js", "swagger-ui.css")
_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
}
_PAGE_HEADERS = document_headers(images="'self' data:")


def docs_routes() -> Iterator[tuple[str, Route]]:
    """The paths of the page; none where the package with Swagger UI is left out."""
    foreign = _swagger_folder()
    if foreign is None:
        return
    own = Path(__file__).parent / "static"
    page = _endpoint(own / "index.html", _PAGE_HEADERS)
    yield DOCS_PATH, Route(DOCS_PATH, {"GET": page})
    for folder, names in ((own, _OWN_FILES), (foreign, _FOREIGN_FILES)):
        for name in names:
            endpoints = {"GET": _endpoint(folder / name, {})}
            route = Route(f"{DOCS_PATH}/{{file}}", endpoints, is_listed=False)
            yield f"{DOCS_PATH}/{name}", route


def _swagger_folder() -> Path | None:
    found = find_spec("openapi_ui_bundles")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "swagger_ui" / "vendor"


def _endpoint(path: Path, headers: dict[str, str]) -> Endpoint:
    """Answers with a file, read when it is first asked for; a browser asks whether it changed."""

    @cache
    def read() -> Reply:
        body = path.read_bytes()
        kept = {"cache-control": "no-cache", "etag": f'W/"{hashlib.sha256(body).hexdigest()[:16]}"'}
        return Reply(body=body, content_type=_CONTENT_TYPES[path.suffix], headers=kept | headers)

    return Endpoint(handler=_conditional(read), answers_json=False)


def _conditional(read: Callable[[], Reply]) -> Callable[[Call], Reply]:
    def answer(call: Call) -> Reply:
        reply = read()
        known = call.request.headers.get("if-none-match", "")
        if reply.headers["etag"] in [tag.strip() for tag in known.split(",")]:
            return Reply(
                status=304, body=b"", content_type=reply.content_type, headers=reply.headers
            )
        return reply

    return answer
