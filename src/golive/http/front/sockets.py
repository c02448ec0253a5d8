"""What only the kernel knows of a connection."""

from __future__ import annotations

import asyncio
import fcntl
import struct
import termios

__all__ = ["unsent_by_kernel"]

_SIZE = struct.Struct("i")


def unsent_by_kernel(transport: asyncio.Transport) -> int:
    """Bytes that the kernel holds since the client has not yet acknowledged them.

    They may be megabytes, and the kernel takes more only when a good part of them is gone: a slow
    client is told from one that stands still by them alone.
    """
    socket = transport.get_extra_info("socket")
    if socket is None or socket.fileno() < 0:
        return 0
    answer = fcntl.ioctl(socket.fileno(), termios.TIOCOUTQ, bytes(_SIZE.size))
    size: int = _SIZE.unpack(answer)[0]
    return size
