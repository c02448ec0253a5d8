"""Heads that cannot be read: what is told of them to what answers."""

from __future__ import annotations

import re

from golive.http.protocols import Head

__all__ = ["unread_head"]

_END = b"\r\n\r\n"
_ORIGIN = re.compile(rb"\r\norigin:[ \t]*([!-~]{1,256})[ \t]*(?=\r\n)", re.IGNORECASE)


def unread_head(received: bytes | bytearray, most: int) -> Head | None:
    """A head without method and path, if there is one line of it that names an origin.

    Where a page may read an answer, it is to read this one, too. That bytes which may mean anything
    are believed in this is harmless: an answer names none but configured origins, and a browser
    compares them with its own.

    Args:
        received: Begins with the head, as far as it has come.
        most: Bytes of it that are looked at.
    """
    end = received.find(_END, 0, most)
    found = _ORIGIN.findall(received, 0, most if end < 0 else end + len(_END))
    if len(found) != 1:
        return None
    return Head(method="", path="", headers={"origin": found[0].decode("ascii")})
