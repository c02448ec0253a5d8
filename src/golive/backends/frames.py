"""Frames: messages on a stream, each behind its length."""

from __future__ import annotations

import struct
from socket import socket
from typing import Protocol

__all__ = ["Receiver", "read_frame", "write_frame"]

_LENGTH = struct.Struct("!Q")


class Receiver(Protocol):
    """What frames are read from, such as a socket."""

    def recv_into(self, buffer: memoryview, /) -> int:
        """Put what has come into a buffer; how many bytes, 0 at the end of the stream.

        Raises:
            OSError: The stream is broken.
        """
        ...


def write_frame(link: socket, message: bytes) -> None:
    """Write a message; by one thread at a time.

    Raises:
        OSError: Nobody reads any more.
    """
    link.sendall(_LENGTH.pack(len(message)) + message)


def read_frame(link: Receiver) -> bytearray | None:
    """The next message, or None where the stream ends, within a message, too.

    Raises:
        OSError: The stream is broken.
    """
    head = _read(link, _LENGTH.size)
    return None if head is None else _read(link, _LENGTH.unpack(head)[0])


def _read(link: Receiver, size: int) -> bytearray | None:
    message = bytearray(size)
    view = memoryview(message)
    while view:
        received = link.recv_into(view)
        if not received:
            return None
        view = view[received:]
    return message
