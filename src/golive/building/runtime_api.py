"""The Runtime API of Lambda on loopback: hands events to a function's process, takes its answers.

It speaks what AWS's own client (awslambdaric) does, with the standard library alone.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import queue
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self

import msgspec

__all__ = ["Invocation", "Outcome", "RuntimeApi"]

_PREFIX = "/2018-06-01/runtime/"
_ARN = "arn:aws:lambda:us-east-1:012345678912:function:{name}"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an invocation.

    Attributes:
        kind: `answered`, `failed` where the function raised, or `not_started` where its module, or
            what it loads, did.
        body: The answer, or JSON with `errorType`, `errorMessage` and `stackTrace`.
    """

    kind: Literal["answered", "failed", "not_started"]
    body: bytes


class Invocation:
    """One event on its way.

    Args:
        event: JSON.
        seconds: Until it is over.
        name: Of the function.
    """

    def __init__(self, event: bytes, *, seconds: float, name: str) -> None:
        self.id = str(uuid.uuid4())
        self.event = event
        self.outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._end = time.time() + seconds
        self._name = name

    @property
    def headers(self) -> dict[str, str]:
        """What is told with the event."""
        root = uuid.UUID(self.id).hex
        return {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": self.id,
            "Lambda-Runtime-Deadline-Ms": str(int(self._end * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": _ARN.format(name=self._name),
            "Lambda-Runtime-Trace-Id": f"Root=1-{root[:8]}-{root[8:]};Sampled=0",
        }


class RuntimeApi:
    """Serves one process of a function; used by one thread, and closed by a `with` block.

    Args:
        name: Of the function.
    """

    def __init__(self, *, name: str = "golive") -> None:
        self._name = name
        self._waiting: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self._open: dict[str, Invocation] = {}
        self._not_started: Outcome | None = None
        self._is_asked = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the process nothing more."""
        self._waiting.put(None)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """Host and port, as `AWS_LAMBDA_RUNTIME_API` has them."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def begin(self, event: bytes, *, seconds: float) -> Invocation:
        """Hand an event over to whoever asks for the next one.

        Args:
            event: JSON.
            seconds: What the function is told that it has.
        """
        invocation = Invocation(event, seconds=seconds, name=self._name)
        self._open[invocation.id] = invocation
        self._waiting.put(invocation)
        if self._not_started is not None:
            self.settle(invocation.id, self._not_started)
        return invocation

    def outcome(self, invocation: Invocation, *, seconds: float) -> Outcome | None:
        """What came of an invocation, or None where nothing has after so many seconds."""
        try:
            return invocation.outcomes.get(timeout=max(seconds, 0))
        except queue.Empty:
            return None

    def wait(self, seconds: float) -> bool:
        """Wait until the function has started; whether it has, and asks for its first event."""
        return self._is_asked.wait(seconds) and self._not_started is None

    def next(self) -> Invocation | None:
        """The next event, once there is one; None when this is closed."""
        self._is_asked.set()
        return self._waiting.get()

    def settle(self, name: str, outcome: Outcome) -> bool:
        """Take what came of the invocation of this id; False where there is none."""
        invocation = self._open.pop(name, None)
        if invocation is None:
            return False
        invocation.outcomes.put(outcome)
        return True

    def give_up(self, outcome: Outcome) -> None:
        """The function does not start: that is what comes of every invocation."""
        self._not_started = outcome
        self._is_asked.set()
        for name in list(self._open):
            self.settle(name, outcome)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: RuntimeApi) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.api = api

    def handle_error(self, *_: Any) -> None:
        """Say nothing: a process that is ended in the middle of a request is none of an error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Answer `invocation/next`."""
        if self.path != f"{_PREFIX}invocation/next":
            self._reply(404)
            return
        invocation = self.server.api.next()
        if invocation is None:
            self._reply(410)
            return
        self._reply(200, invocation.event, invocation.headers)

    def do_POST(self) -> None:
        """Take an answer or an error."""
        body, api = self._body(), self.server.api
        match self.path.removeprefix(_PREFIX).split("/"):
            case ["invocation", name, "response"]:
                is_known = api.settle(name, Outcome(kind="answered", body=body))
            case ["invocation", name, "error"]:
                is_known = api.settle(name, Outcome(kind="failed", body=body))
            case ["init", "error"]:
                api.give_up(Outcome(kind="not_started", body=body))
                is_known = True
            case _:
                is_known = False
        self._reply(202 if is_known else 404, b'{"status":"OK"}')

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _reply(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
