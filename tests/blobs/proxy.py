"""A proxy before an emulator: its connections can be refused, cut, or lose an answer."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

__all__ = ["Proxy", "proxy_before"]


class Proxy(socketserver.ThreadingTCPServer):
    """Forwards connections.

    Attributes:
        is_away: Whether connections are closed as soon as they are made.
        cut_after: So many bytes of answers go through each connection, then it is cut.
        to_lose: So many answers are lost: the connection ends where they would begin.
        answer: What is answered instead of asking the emulator.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        parts = urlsplit(target)
        self.target = (str(parts.hostname), int(parts.port or 80))
        self.is_away = False
        self.cut_after: int | None = None
        self.to_lose = 0
        self.answer: bytes | None = None
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def loses(self) -> bool:
        """Whether this answer is lost."""
        with self.lock:
            self.to_lose -= 1
            return self.to_lose >= 0


class _Connection(socketserver.BaseRequestHandler):
    server: Proxy

    def handle(self) -> None:
        if self.server.is_away:
            return
        if self.server.answer is not None:
            self.request.recv(1 << 16)
            self.request.sendall(self.server.answer)
            return
        with socket.create_connection(self.server.target, timeout=30) as upstream:
            threading.Thread(target=self._forward, args=(upstream,), daemon=True).start()
            with suppress(OSError):
                self._give_back(upstream)

    def _forward(self, upstream: socket.socket) -> None:
        with suppress(OSError):
            while data := self.request.recv(1 << 16):
                upstream.sendall(data)
            upstream.shutdown(socket.SHUT_WR)

    def _give_back(self, upstream: socket.socket) -> None:
        given = 0
        while data := upstream.recv(1 << 16):
            if self.server.is_away or (b"100 Continue" not in data and self.server.loses()):
                return
            if self.server.cut_after is not None and given + len(data) > self.server.cut_after:
                self.request.sendall(data[: self.server.cut_after - given])
                return
            self.request.sendall(data)
            given += len(data)


@contextmanager
def proxy_before(target: str) -> Iterator[Proxy]:
    """A running proxy before an emulator's address."""
    with Proxy(target) as proxy:
        threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True).start()
        yield proxy
        proxy.shutdown()
