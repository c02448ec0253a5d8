"""The wire, from a client's side: bytes are sent, and answers are read strictly."""

import re
import socket
import ssl
import time
from dataclasses import dataclass

import msgspec

HEAD = re.compile(rb"HTTP/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n:]+: [^\r\n]*\r\n)*)\r\n")


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return msgspec.json.decode(self.body)

    @property
    def closes(self):
        return self.headers.get("connection") == "close"

    @property
    def code(self):
        assert self.headers["content-type"] == "application/problem+json", self
        return self.json["code"]


class Wire:
    """A connection to a server."""

    def __init__(self, address, *, timeout=10, receive_buffer=None, tls=None, source=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if source is not None:
            self.socket.bind((source, 0))
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        try:
            self.socket.connect(address)
        except OSError:
            self.socket.close()
            raise
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is not None:
            self.socket = self._secured(tls)
        self.received = bytearray()
        self.is_ended = False

    def _secured(self, tls):
        try:
            return tls.wrap_socket(self.socket, server_hostname="localhost")
        except OSError:
            self.socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *parts):
        """Send each part as a packet of its own, as far as the server still takes them."""
        for part in parts:
            try:
                self.socket.sendall(part)
            except (BrokenPipeError, ConnectionResetError):
                return
            if len(parts) > 1:
                time.sleep(0.0005)

    def end_sending(self):
        self.socket.shutdown(socket.SHUT_WR)

    def answer(self, *, is_head=False, interim=False):
        """The next answer; None if the server closes instead."""
        while (match := HEAD.match(bytes(self.received[:65536]))) is None:
            if not self._receive():
                assert self.received == b"", bytes(self.received)
                return None
        headers = {}
        for line in match[2].decode("latin-1").splitlines():
            name, _, value = line.partition(": ")
            assert name.lower() not in headers, line
            headers[name.lower()] = value
        status = int(match[1])
        if status == 100 and not interim:
            del self.received[: len(match[0])]
            return self.answer(is_head=is_head)
        has_body = not (is_head or status in (100, 204, 304))
        length = int(headers["content-length"]) if has_body else 0
        del self.received[: len(match[0])]
        while len(self.received) < length:
            assert self._receive(), "the answer is cut off"
        body = bytes(self.received[:length])
        del self.received[:length]
        return Answer(status, headers, body)

    def answers(self):
        """All answers until the server closes."""
        found = []
        while (answer := self.answer()) is not None:
            found.append(answer)
        return found

    def is_closed(self):
        """Whether the server closes without another byte."""
        return not self._receive() and self.received == b""

    def _receive(self):
        if self.is_ended:
            return False
        try:
            data = self.socket.recv(65536)
        except (ConnectionResetError, ssl.SSLEOFError):
            data = b""
        self.is_ended = not data
        self.received += data
        return bool(data)


def get(target="/", *lines, version="1.1"):
    """A GET with the usual host."""
    return request("GET", target, *lines, version=version)


def request(method, target, *lines, version="1.1", body=b""):
    """A request; a body gets its length."""
    head = [f"{method} {target} HTTP/{version}", "Host: localhost", *lines]
    if body:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def chunked(method, target, *lines, chunks, trailers=()):
    """A request whose body comes in chunks."""
    head = request(method, target, "Transfer-Encoding: chunked", *lines)
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return head + body + b"0\r\n" + b"".join(line + b"\r\n" for line in trailers) + b"\r\n"
