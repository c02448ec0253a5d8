"""Compression of bodies: gzip and zstd, in both directions and within limits."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

from golive.service.negotiation import weighted_values
from golive.service.problems import Problem

__all__ = [
    "FREE_BYTES",
    "SMALLEST_ENCODED",
    "compressed",
    "decompressed",
    "is_worth_compressing",
    "response_encoding",
]

SMALLEST_ENCODED = 1024
"""In bytes: below it the headers outweigh what is saved, unless the caller wants it so."""

FREE_BYTES = 1024 * 1024
"""What a compressed body may always become, however small it is itself."""

_GZIP_LEVEL = 5
_PIECE = 256 * 1024
_LARGEST_WINDOW = 8 * 1024 * 1024  # what RFC 8878 asks every decoder to support
_MOST_MEMBERS = 500  # of one body; those who compress in blocks make large ones
_GZIP_WINDOW = 31  # of zlib: gzip's header and trailer, the largest window


class _TooLargeError(Exception):
    """The body grows beyond what it may become."""


class _BrokenError(Exception):
    """The body is not what its encoding says."""


def decompressed(
    body: bytes, encoding: str | None, *, limit: int, most_times: float
) -> bytes | Problem:
    """The body without its content coding.

    Args:
        body: As received.
        encoding: The header `Content-Encoding`, or None.
        limit: Largest size in bytes; no more than that is ever kept of a body that grows
            beyond it.
        most_times: As many times larger than what was sent it may become, beyond `FREE_BYTES`.
    """
    coding = (encoding or "").strip().lower()
    most = min(limit, max(FREE_BYTES, int(most_times * len(body))))
    try:
        match coding:
            case "" | "identity":
                return body
            case "gzip" | "x-gzip":
                return _gunzip(body, most)
            case "zstd" if "zstd" in _codings():
                return _unzstd(body, most)
    except _TooLargeError:
        return _too_large(limit) if most == limit else _too_compressed(most_times)
    except _BrokenError as error:
        return Problem(
            code="malformed_encoding",
            detail=f"The body cannot be decompressed as {coding}: {error}.",
            members={"hint": "Compress the whole body once, and send all of it."},
        )
    names = ", ".join(sorted(_codings()))
    return Problem(
        code="unsupported_media_type",
        detail=f"The header Content-Encoding must be {names} or identity, and only one of them.",
        headers={"accept-encoding": ", ".join(_codings())},
    )


def _too_large(limit: int) -> Problem:
    return Problem(
        code="body_too_large",
        detail=f"The body is larger than {limit} bytes when decompressed; send the records in "
        "several requests.",
    )


def _too_compressed(most_times: float) -> Problem:
    return Problem(
        code="ratio_too_large",
        detail=f"The body is more than {most_times:g} times larger when decompressed than as it "
        "was sent; send it with less compression, or in several requests.",
    )


def is_worth_compressing(size: int) -> bool:
    """Whether a body of so many bytes is sent compressed where the caller allows it."""
    return size >= SMALLEST_ENCODED


def response_encoding(accept_encoding: str | None, size: int) -> str | None:
    """The coding in which a body of `size` bytes is sent: `zstd`, `gzip`, or None for none."""
    is_small = not is_worth_compressing(size)
    if not accept_encoding or (is_small and "q=" not in accept_encoding):
        return None
    weights = weighted_values(accept_encoding)
    if "x-gzip" in weights:
        weights.setdefault("gzip", weights["x-gzip"])
    rest = weights.get("*", 0.0)
    plain = weights.get("identity", 0.0 if "*" in weights and rest == 0 else None)
    if plain != 0 and is_small:
        return None
    best = max(_codings(), key=lambda coding: weights.get(coding, rest))
    weight = weights.get(best, rest)
    return best if weight > 0 and weight >= (plain or 0.0) else None


def compressed(body: bytes, encoding: str) -> bytes:
    """The body in a coding that `response_encoding` gave."""
    if encoding == "gzip":
        import gzip  # a start does not wait for it

        return gzip.compress(body, _GZIP_LEVEL, mtime=0)
    import zstandard

    return zstandard.ZstdCompressor().compress(body)


@cache
def _codings() -> tuple[str, ...]:
    """What can be read and written here, the better one first.

    Packages for AWS Lambda do without zstd.
    """
    return ("gzip",) if find_spec("zstandard") is None else ("zstd", "gzip")


def _gunzip(body: bytes, limit: int) -> bytes:
    size = 0

    def read(rest: bytes) -> tuple[bytes, Any]:
        nonlocal size
        reader = zlib.decompressobj(wbits=_GZIP_WINDOW)
        plain = reader.decompress(rest, limit + 1 - size)
        size += len(plain)
        if size > limit:
            raise _TooLargeError
        return plain, reader

    try:
        return _joined(body, read)
    except zlib.error as error:
        raise _BrokenError(str(error).lower()) from error


def _unzstd(body: bytes, limit: int) -> bytes:
    import zstandard

    decompressor = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)

    def read(rest: bytes) -> tuple[bytes, Any]:
        reader = decompressor.decompressobj()  # tells what a stream does not: a missing end
        return reader.decompress(rest), reader

    try:
        size = 0
        with decompressor.stream_reader(body, read_across_frames=True) as pieces:
            while piece := pieces.read(_PIECE):
                size += len(piece)
                if size > limit:
                    raise _TooLargeError
        return _joined(body, read)
    except zstandard.ZstdError as error:
        raise _BrokenError(str(error).lower()) from error


def _joined(body: bytes, read: Callable[[bytes], tuple[bytes, Any]]) -> bytes:
    """All members (gzip) or frames (zstd) of a body, which may stand one after the other.

    Args:
        body: As received.
        read: Gives the first member of what it is given, and the reader that read it.
    """
    plain, rest = [], body
    for _ in range(_MOST_MEMBERS):
        piece, reader = read(rest)
        if not reader.eof:
            raise _BrokenError("it ends too early")
        plain.append(piece)
        rest = reader.unused_data
        if not rest:
            return b"".join(plain)
    raise _BrokenError(f"it has more than {_MOST_MEMBERS} members")
