"""The page's files: read once, named by the hash of their content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import msgspec

__all__ = ["Asset", "PageAssets", "page_assets"]

_DOCUMENT = "index.html"
_CONTENT_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """A file that the page loads.

    Attributes:
        name: Its name, such as `app.js`.
        content_type: Of its bytes.
        body: Its bytes.
    """

    name: str
    content_type: str
    body: bytes


class PageAssets(msgspec.Struct, frozen=True, kw_only=True):
    """The page's document and what it loads.

    Attributes:
        document: The HTML, with `{{static}}` where the path of `directory` belongs.
        directory: Where the files are, such as `static/0123456789abcdef`; another content has
            another name, so a browser may keep them for ever.
        files: What the document loads.
    """

    document: str
    directory: str
    files: tuple[Asset, ...]


@cache
def page_assets() -> PageAssets:
    """The files beside this module, read from the disk once."""
    folder = Path(__file__).parent / "static"
    contents = {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()}
    document = contents.pop(_DOCUMENT).decode()
    digest = hashlib.sha256()
    for name, body in sorted(contents.items()):
        digest.update(f"{name}\0{len(body)}\0".encode() + body)
    return PageAssets(
        document=document,
        directory=f"static/{digest.hexdigest()[:16]}",
        files=tuple(
            Asset(name=name, content_type=_CONTENT_TYPES[name.rpartition(".")[2]], body=body)
            for name, body in sorted(contents.items())
        ),
    )
