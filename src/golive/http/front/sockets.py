"""What only the kernel knows of a connection, and what only it can do."""

from __future__ import annotations

import asyncio
import fcntl
import struct
import sys
import termios
from socket import SOL_SOCKET, socket

__all__ = ["peer_address", "turn_away", "unread_by_kernel", "unsent_by_kernel"]

_SIZE = struct.Struct("i")
_ATTACH_FILTER = 26  # SO_ATTACH_FILTER, see socket(7)
_REFUSE_ALL = struct.pack("HBBI", 0x06, 0, 0, 0)  # BPF: return, and keep no byte of the packet


def turn_away(listener: socket) -> None:
    """Let nobody connect any more, and keep those who have connected; nothing where it cannot.

    Closing a listening socket resets the connections that nobody has accepted, and some come
    between the last accept and the close. On Linux a filter makes the kernel drop their first
    packet, so that those clients connect elsewhere later, or learn that they cannot, before they
    have sent anything. Every process that listens on the socket is concerned.
    """
    if sys.platform != "linux":
        return
    import ctypes

    code = ctypes.create_string_buffer(_REFUSE_ALL)
    program = struct.pack("HP", 1, ctypes.addressof(code))
    try:
        listener.setsockopt(SOL_SOCKET, _ATTACH_FILTER, program)
    except OSError:
        return  # this kernel has no filters: a few who come just now are reset


def peer_address(transport: asyncio.BaseTransport) -> str | None:
    """The address of the other end, or None where it has none or has gone."""
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) and peer else None


def unread_by_kernel(transport: asyncio.Transport) -> int:
    """Bytes that have come and that nobody has read yet."""
    return _told(transport, termios.FIONREAD)


def unsent_by_kernel(transport: asyncio.Transport) -> int:
    """Bytes that the kernel holds since the client has not yet acknowledged them.

    They may be megabytes, and the kernel takes more only when a good part of them is gone: a slow
    client is told from one that stands still by them alone.
    """
    return _told(transport, termios.TIOCOUTQ)


def _told(transport: asyncio.Transport, request: int) -> int:
    """The number of bytes that the kernel tells."""
    socket = transport.get_extra_info("socket")
    if socket is None or socket.fileno() < 0:
        return 0
    answer = fcntl.ioctl(socket.fileno(), request, bytes(_SIZE.size))
    size: int = _SIZE.unpack(answer)[0]
    return size
