"""The ASGI application: hands what a server receives to a gateway."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from golive.http.bodies import (
    BodyTooLargeError,
    DisconnectedError,
    Message,
    ReadTimeLimitError,
    Receive,
    read_body,
)
from golive.http.gateway import ServiceGateway
from golive.http.limits import AppLimits
from golive.http.protocols import Admission, Gateway, Head, Ticket
from golive.http.telemetry import Telemetry
from golive.service.exchange import Response
from golive.service.problems import Problem
from golive.service.service import Service

__all__ = ["App", "AppLimits", "Lifespan", "Send", "create_app"]

Send = Callable[[Message], Awaitable[None]]
_Key = tuple[str, str, bytes, tuple[tuple[bytes, bytes], ...], str | None]

_CLOSE = {"connection": "close"}
_MOST_ADMISSIONS = 1024
_LARGEST_KEPT = 4096
_PATIENCE_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifespan:
    """What happens when the server begins and ends.

    Attributes:
        start: Runs before the first request; what it raises ends the server.
        stop: Runs after the last one.
    """

    start: Callable[[App], Awaitable[None]] | None = None
    stop: Callable[[], None] | None = None


class App:
    """Hands requests to a gateway, under any ASGI server and below any path of another app.

    Args:
        gateway: Answers.
        lifespan: What happens when the server begins and ends; a server, or an application that
            this one is mounted in, need not tell.
        answers: The gateway before the gateway, or None.
    """

    def __init__(
        self,
        gateway: ServiceGateway,
        *,
        lifespan: Lifespan | None = None,
        answers: Gateway | None = None,
    ) -> None:
        self.gateway = gateway
        self._answers: Gateway = gateway if answers is None else answers
        self._lifespan = lifespan or Lifespan()
        self._admissions: dict[_Key, Admission] = {}

    @property
    def service(self) -> Service:
        """What answers; may be replaced by another one at any time."""
        return self.gateway.service

    @service.setter
    def service(self, service: Service) -> None:
        self.gateway.service = service

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection scope, as ASGI 3 wants it."""
        match scope["type"]:
            case "http":
                await self._serve(scope, receive, send)
            case "lifespan":
                await self._live(receive, send)
            case "websocket":
                await receive()
                await send({"type": "websocket.close", "code": 1000})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            if self._lifespan.start is not None:
                await self._lifespan.start(self)
        except Exception as error:  # noqa: BLE001 (the edge: the server ends with this message)
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._lifespan.stop is not None:
            self._lifespan.stop()
        self.gateway.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, scope: Message, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        admission = self._admission(scope)
        body = await self._body(admission.head, receive)
        if isinstance(body, bytes):
            if admission.epoch is not self._answers.epoch:
                admission = self._admission(scope)
            response = await self._answer(admission, body, receive, started)
        else:
            response = self._answers.refuse(admission.head, body, started=started)
        if response is not None:
            await _send(send, response)

    def _admission(self, scope: Message) -> Admission:
        headers = tuple([(name, value) for name, value in scope["headers"]])
        client = _client(scope) if self.gateway.tells_clients_apart else None
        key = (scope["method"], _path(scope), scope["query_string"], headers, client)
        admission = self._admissions.get(key)
        if admission is None or admission.epoch is not self._answers.epoch:
            admission = self._answers.admit(_head(scope, client))
            if sum(len(name) + len(value) for name, value in headers) <= _LARGEST_KEPT:
                self._keep(key, admission)
        return admission

    def _keep(self, key: _Key, admission: Admission) -> None:
        if len(self._admissions) >= _MOST_ADMISSIONS:
            self._admissions.clear()
        self._admissions[key] = admission

    async def _body(self, head: Head, receive: Receive) -> bytes | Problem:
        limits, metrics = self.gateway.limits, self.gateway.telemetry.metrics
        metrics.begin()
        try:
            return await read_body(
                receive, head.headers, limit=limits.body_bytes, seconds=limits.read_seconds
            )
        except (BodyTooLargeError, ReadTimeLimitError, DisconnectedError) as error:
            return _reading_problem(error, limits)
        finally:
            metrics.end()

    async def _answer(
        self, admission: Admission, body: bytes, receive: Receive, started: float
    ) -> Response | None:
        """The response, or None where the client has gone."""
        answered = self._answers.answer(admission, body, started=started)
        if isinstance(answered, Response):
            return answered
        loop, ticket = asyncio.get_running_loop(), answered
        answer: asyncio.Future[Response | None] = loop.create_future()
        ticket.reply = lambda response: _settle(answer, response)
        listening: list[asyncio.Task[None]] = []
        timer = loop.call_later(
            _PATIENCE_SECONDS,
            lambda: listening.append(loop.create_task(_wait_for_end(receive, answer, ticket))),
        )
        try:
            return await answer
        finally:
            timer.cancel()
            for task in listening:
                task.cancel()
            ticket.cancel()


def create_app(
    service: Service,
    *,
    telemetry: Telemetry,
    limits: AppLimits | None = None,
    lifespan: Lifespan | None = None,
) -> App:
    """The ASGI application of a service."""
    gateway = ServiceGateway(service, telemetry=telemetry, limits=limits)
    return App(gateway, lifespan=lifespan)


def _settle(answer: asyncio.Future[Response | None], response: Response | None) -> None:
    if not answer.done():
        answer.set_result(response)


async def _wait_for_end(
    receive: Receive, answer: asyncio.Future[Response | None], ticket: Ticket
) -> None:
    """Drop a request whose client goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass
    ticket.cancel()
    _settle(answer, None)


def _path(scope: Message) -> str:
    """The path below the one at which the application is mounted."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    if root and (path == root or path.startswith(f"{root}/")):
        return path[len(root) :] or "/"
    return path


def _client(scope: Message) -> str | None:
    """The address at the other end, as the server knows it; a Unix socket has none."""
    client = scope.get("client")
    return str(client[0]) if client else None


def _head(scope: Message, client: str | None) -> Head:
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Head(
        method=scope["method"].upper(),
        path=_path(scope),
        query=scope["query_string"],
        headers=headers,
        client=client,
    )


def _reading_problem(error: Exception, limits: AppLimits) -> Problem:
    match error:
        case BodyTooLargeError():
            detail = (
                f"The body is larger than {limits.body_bytes} bytes; send the records in several "
                "requests."
            )
            return Problem(code="body_too_large", detail=detail, headers=_CLOSE)
        case ReadTimeLimitError():
            detail = f"The body was not there after {limits.read_seconds:g} seconds."
            return Problem(code="read_time_limit", detail=detail, headers=_CLOSE)
        case _:
            return Problem(code="client_disconnected", detail="The client went away.")


async def _send(send: Send, response: Response) -> None:
    lines = response.lines.encode("latin-1", "replace").split(b"\r\n")[:-1]
    headers = [(name, value) for name, _, value in [line.partition(b": ") for line in lines]]
    try:
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})
    except OSError:
        return  # the client has gone; there is no one to tell
