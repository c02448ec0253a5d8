"""The socket that a server listens on."""

from __future__ import annotations

import errno
import socket

from golive.errors import UsageError

__all__ = ["listen", "url_of"]

_BACKLOG = 2048
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; clients that come before anything answers wait.

    Raises:
        UsageError: The address cannot be had; the hint is what to type next.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Said to be TCP, since asyncio sends small writes at once (TCP_NODELAY) on such sockets only;
    # otherwise the body of an answer waits some 40 ms for the acknowledgement of its head.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise _refusal(host, port, error) from error
    listener.set_inheritable(True)
    return listener


def url_of(listener: socket.socket, *, scheme: str = "http") -> str:
    """The URL under which this machine reaches the socket."""
    host, port = listener.getsockname()[:2]
    host = _WILDCARDS.get(host, host)
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _refusal(host: str, port: int, error: OSError) -> UsageError:
    if error.errno == errno.EADDRINUSE:
        return UsageError(
            f"Port {port} of {host} is already in use.",
            hint="Take any free one with: --port 0",
        )
    if error.errno == errno.EACCES:
        return UsageError(
            f"Port {port} of {host} is for administrators only.",
            hint="Take one above 1023, such as: --port 8000",
        )
    return UsageError(
        f"Nothing can listen on {host}: {error.strerror or error}.",
        hint="Listen on this machine alone with: --host 127.0.0.1",
    )
