"""Bodies of requests as they come in: with a length, or in chunks."""

from __future__ import annotations

import re
from enum import Enum
from typing import Protocol

from golive.http.front.refusals import UNREADABLE, RefusedError, body_too_large

__all__ = ["Body", "ChunkedBody", "SizedBody", "Taken"]

_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})(?:[ \t]*;[^\x00-\x08\x0a-\x1f\x7f]*)?")
_CHUNK_LINE = re.compile(_CHUNK.pattern + rb"\r\n")
_TRAILER = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\x00-\x08\x0a-\x1f\x7f]*")
_CR = 0x0D
_LONGEST_LINE = 4096
_MOST_FRAMING = 16 * 1024
_FREE_FRAMING = 16
_CHUNKS_AT_ONCE = 256  # a few hundred microseconds


class Taken(Enum):
    """How far a body was taken: all of it, all that has come, or as much as is done at once."""

    ALL = 1
    WHAT_CAME = 2
    A_SLICE = 3


class Body(Protocol):
    """A body that is being read."""

    def take(self, received: bytearray) -> Taken:
        """Take what belongs to the body away from the bytes.

        Raises:
            RefusedError: It is not framed as it must be, or too large.
        """
        ...

    def value(self) -> bytes:
        """The body, once it is complete."""
        ...


class SizedBody:
    """A body whose length was declared.

    Args:
        length: Its bytes.
    """

    __slots__ = ("_parts", "_rest")

    def __init__(self, length: int) -> None:
        self._rest = length
        self._parts: list[bytes] = []

    def take(self, received: bytearray) -> Taken:
        """Take what belongs to the body away from the bytes."""
        part = bytes(received[: self._rest]) if len(received) > self._rest else bytes(received)
        del received[: len(part)]
        self._parts.append(part)
        self._rest -= len(part)
        return Taken.WHAT_CAME if self._rest else Taken.ALL

    def value(self) -> bytes:
        """The body, once it is complete."""
        return b"".join(self._parts)


class ChunkedBody:
    """A body in chunks; extensions and trailers are read and left out.

    Chunks that are mostly framing cost more than they bring; a client may waste some kilobytes
    in this way, no more.

    Args:
        limit: Most bytes that it may hold.
    """

    __slots__ = ("_content", "_framing", "_is_in_trailers", "_limit", "_rest")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._content = bytearray()
        self._rest = 0  # of the present chunk and the line end after it
        self._framing = 0
        self._is_in_trailers = False

    def take(self, received: bytearray) -> Taken:
        """Take what belongs to the body away from the bytes, some hundred chunks at most.

        Raises:
            RefusedError: A chunk is not framed as it must be, or there are too many bytes.
        """
        while True:
            if self._rest and not self._take_content(received):
                return Taken.WHAT_CAME
            if not self._is_in_trailers and self._take_whole_chunks(received):
                return Taken.A_SLICE
            line = _take_line(received)
            if line is None:
                return Taken.WHAT_CAME
            if not self._is_in_trailers:
                self._begin_chunk(line)
            elif not line:
                return Taken.ALL
            else:
                self._skip_trailer(line)

    def value(self) -> bytes:
        """The body, once it is complete."""
        return bytes(self._content)

    def _take_whole_chunks(self, received: bytearray) -> bool:
        """Take chunks that are there from end to end; True if there may be more of them.

        What is not so plain (the last chunk, a part of one, a fault) is left where it is.
        """
        place, match_line = 0, _CHUNK_LINE.match
        for _ in range(_CHUNKS_AT_ONCE):
            match = match_line(received, place)
            if match is None:
                break
            begin = match.end()
            size = int(match[1], 16)
            end = begin + size
            if not size or begin - place > _LONGEST_LINE or not received.startswith(b"\r\n", end):
                break
            self._count_chunk(begin - place - 2, size)
            self._content += received[begin:end]
            place = end + 2
        else:
            del received[:place]
            return True
        del received[:place]
        return False

    def _take_content(self, received: bytearray) -> bool:
        if self._rest > 2:
            part = received[: self._rest - 2]
            self._content += part
            self._rest -= len(part)
            del received[: len(part)]
        if self._rest > 2 or len(received) < 2:
            if received and received[0] != _CR:
                raise RefusedError(UNREADABLE)
            return False
        if received[:2] != b"\r\n":
            raise RefusedError(UNREADABLE)
        del received[:2]
        self._rest = 0
        return True

    def _begin_chunk(self, line: bytes) -> None:
        match = _CHUNK.fullmatch(line)
        if match is None:
            raise RefusedError(UNREADABLE)
        size = int(match[1], 16)
        self._count_chunk(len(line), size)
        if size:
            self._rest = size + 2
        else:
            self._is_in_trailers = True

    def _count_chunk(self, line: int, size: int) -> None:
        if len(self._content) + size > self._limit:
            raise RefusedError(body_too_large(self._limit))
        free = _FREE_FRAMING + size
        if self._framing or line > free:
            self._count_framing(line, free=free)

    def _skip_trailer(self, line: bytes) -> None:
        if not _TRAILER.fullmatch(line):
            raise RefusedError(UNREADABLE)
        self._count_framing(len(line) + 2, free=0)

    def _count_framing(self, size: int, *, free: int) -> None:
        self._framing = max(0, self._framing + size - free)
        if self._framing > _MOST_FRAMING:
            raise RefusedError(UNREADABLE)


def _take_line(received: bytearray) -> bytes | None:
    end = received.find(b"\n", 0, _LONGEST_LINE)
    if end < 0:
        if len(received) >= _LONGEST_LINE:
            raise RefusedError(UNREADABLE)
        return None
    if end == 0 or received[end - 1] != _CR:
        raise RefusedError(UNREADABLE)
    line = bytes(received[: end - 1])
    del received[: end + 1]
    return line
