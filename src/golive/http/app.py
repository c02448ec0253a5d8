"""The ASGI application around a service."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from golive.http.bodies import (
    BodyTooLargeError,
    DisconnectedError,
    Message,
    ReadTimeLimitError,
    Receive,
    parse_query,
    read_body,
)
from golive.http.pool import OverloadedError, TimeLimitError, WorkerPool
from golive.http.telemetry import Exchange, Telemetry
from golive.service.exchange import Request, Response
from golive.service.problems import Problem
from golive.service.service import Service

__all__ = ["App", "AppLimits", "Lifespan", "Send", "create_app"]

Send = Callable[[Message], Awaitable[None]]

_CLOSE = {"connection": "close"}
_QUICK_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
_REFUSED = "golive.refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppLimits:
    """What requests may cost a process.

    Attributes:
        threads: Requests that are answered at the same time.
        queue: Requests that wait for a thread.
        body_bytes: Largest body.
        read_seconds: Until a body must be complete.
        answer_seconds: Until an answer must be there, waiting included.
        retry_after: Seconds that a refused caller is told to wait.
    """

    threads: int = 4
    queue: int = 64
    body_bytes: int = 10 * 1024 * 1024
    read_seconds: float = 15.0
    answer_seconds: float = 30.0
    retry_after: int = 1


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
    """Hands requests to a service in threads of its own; the event loop only moves bytes.

    Health and metrics have a thread to themselves, so that a probe is answered although every
    other thread is busy.

    Attributes:
        service: Answers; may be replaced by another one at any time.

    Args:
        service: Answers.
        telemetry: Is told of every exchange.
        limits: What requests may cost.
        lifespan: What happens when the server begins and ends.
    """

    def __init__(
        self, service: Service, *, telemetry: Telemetry, limits: AppLimits, lifespan: Lifespan
    ) -> None:
        self.service = service
        self._telemetry = telemetry
        self._limits = limits
        self._lifespan = lifespan
        self._pool: WorkerPool[Response] = WorkerPool(
            threads=limits.threads, queue=limits.queue, name="golive-answer"
        )
        self._quick_pool: WorkerPool[Response] = WorkerPool(
            threads=1, queue=limits.queue, name="golive-health"
        )

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

    def refuse_unreadable(self, problem: Problem, scope: Message | None = None) -> Response:
        """The response to bytes that are no HTTP request, logged and counted like others.

        Args:
            problem: What is wrong with them.
            scope: Of the request whose body they are, if its head could be read; the exchange is
                this one then, whatever still becomes of the request.
        """
        if scope is None:
            request = Request(method="", path="")
        else:
            request = _request(scope)
            scope[_REFUSED] = True
        response = self.service.refuse(request, problem)
        self._telemetry.record(Exchange(request=request, response=response, seconds=0.0))
        return response

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
        self._pool.close()
        self._quick_pool.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, scope: Message, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        metrics = self._telemetry.metrics
        metrics.begin(saturation=self._pool.saturation)
        request = _request(scope)
        try:
            request, response = await self._exchange(request, scope, receive)
            seconds = time.perf_counter() - started
            exchange = Exchange(request=request, response=response, seconds=seconds)
            if _REFUSED not in scope:
                self._telemetry.record(exchange)
        finally:
            metrics.end(saturation=self._pool.saturation)
        await _send(send, response)

    async def _exchange(
        self, request: Request, scope: Message, receive: Receive
    ) -> tuple[Request, Response]:
        try:
            body = await read_body(
                receive,
                request.headers,
                limit=self._limits.body_bytes,
                seconds=self._limits.read_seconds,
            )
            request = replace(request, query=parse_query(scope["query_string"]), body=body)
        except (BodyTooLargeError, ReadTimeLimitError, DisconnectedError, ValueError) as error:
            return request, self.service.refuse(request, self._reading_problem(error))
        return request, await self._answer(request)

    async def _answer(self, request: Request) -> Response:
        pool = self._quick_pool if request.path in _QUICK_PATHS else self._pool
        service = self.service
        try:
            return await pool.run(
                lambda: service.handle(request), seconds=self._limits.answer_seconds
            )
        except OverloadedError:
            retry = {"retry-after": str(self._limits.retry_after)}
            detail = "More requests are waiting than this process can answer; ask again later."
            problem = Problem(code="overloaded", detail=detail, headers=retry)
        except TimeLimitError:
            detail = f"There was no answer within {self._limits.answer_seconds:g} seconds."
            problem = Problem(code="time_limit", detail=detail)
        return service.refuse(request, problem)

    def _reading_problem(self, error: Exception) -> Problem:
        match error:
            case BodyTooLargeError():
                detail = (
                    f"The body is larger than {self._limits.body_bytes} bytes; send the records "
                    "in several requests."
                )
                return Problem(code="body_too_large", detail=detail, headers=_CLOSE)
            case ReadTimeLimitError():
                detail = f"The body was not there after {self._limits.read_seconds:g} seconds."
                return Problem(code="read_time_limit", detail=detail, headers=_CLOSE)
            case DisconnectedError():
                return Problem(code="client_disconnected", detail="The client went away.")
            case _:
                return Problem(code="bad_query", detail="The query is not UTF-8, or too long.")


def create_app(
    service: Service,
    *,
    telemetry: Telemetry,
    limits: AppLimits | None = None,
    lifespan: Lifespan | None = None,
) -> App:
    """The ASGI application of a service."""
    return App(
        service,
        telemetry=telemetry,
        limits=limits or AppLimits(),
        lifespan=lifespan or Lifespan(),
    )


def _request(scope: Message) -> Request:
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Request(method=scope["method"].upper(), path=scope["path"], headers=headers)


async def _send(send: Send, response: Response) -> None:
    headers = [
        (name.encode("latin-1"), value.encode("latin-1", "replace"))
        for name, value in response.headers.items()
    ]
    try:
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})
    except OSError:
        return  # the client has gone; there is no one to tell
