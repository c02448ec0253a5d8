"""A connection: its bytes become requests, and their answers bytes."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import cast

from golive.http.front.bodies import Body, ChunkedBody, SizedBody, Taken
from golive.http.front.head_cache import AdmittedHead
from golive.http.front.heads import check_beginning
from golive.http.front.refusals import (
    BROKEN_OFF,
    CROWDED,
    HEADERS_TOO_LARGE,
    SLOW_HEAD,
    RefusedError,
    body_too_large,
    slow_body,
)
from golive.http.front.shared import Shared
from golive.http.front.sockets import unread_by_kernel, unsent_by_kernel
from golive.http.front.turns import Turns
from golive.service.problems import Problem

__all__ = ["Connection"]

_NEW_SECONDS = 0.5
_PROBE_SECONDS = 0.25  # after the client's last byte; most answers are there by then
_HEAD_END = b"\r\n\r\n"


class Connection(asyncio.Protocol):
    """One client's connection.

    What arrives is read as far as it goes: a head, its body, the next head, and so on; a body of
    very many chunks in slices, between which other connections have their turn. Nothing is read
    while too many requests are open, or while the client reads no answers. After the last request
    (the client or a fault ends the connection) what still comes is thrown away for a while, so that
    the client reads the last answer before it learns that nobody listens.

    Args:
        shared: What the connections of a server share.
        loop: The event loop.
    """

    __slots__ = (
        "_arrived",
        "_body",
        "_has_ended",
        "_has_unread",
        "_head",
        "_heads",
        "_is_advancing",
        "_is_blocked",
        "_is_finished",
        "_is_paused",
        "_is_resting",
        "_is_usual",
        "_last_is_read",
        "_loop",
        "_made",
        "_received",
        "_scanned",
        "_shared",
        "_spare_bytes",
        "_started",
        "_stuck_since",
        "_transport",
        "_turns",
        "_unsent",
        "_waits_since",
    )

    def __init__(self, shared: Shared, loop: asyncio.AbstractEventLoop) -> None:
        self._shared = shared
        self._loop = loop
        self._received = bytearray()
        self._scanned = 0  # of the received head, what has been looked at
        self._arrived = 0.0
        self._made = shared.begin_handshake()
        self._head: AdmittedHead | None = None  # of the body that is being read
        self._body: Body | None = None
        self._started = 0.0  # the present request; 0 if none has
        self._waits_since = 0.0  # for the rest of a head or a body, or for the client to go
        self._last_is_read = False
        self._has_ended = False  # the client sends no more
        self._has_unread = False
        self._is_finished = False  # the last answer is written
        self._is_advancing = False
        self._is_paused = False
        self._is_resting = False  # others have their turn before the next slice of the body
        self._is_usual = False  # the next bytes begin a head, and may be read
        self._is_blocked = False  # the client reads no answers
        self._unsent = 0  # bytes, at the last sweep
        self._stuck_since = 0.0  # they have been as many
        self._spare_bytes = 2 * shared.limits.body_bytes

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        shared = self._shared
        self._transport = cast("asyncio.Transport", transport)
        self._heads = shared.heads_of(transport)
        self._turns = Turns(self._transport, self._loop, shared, self)
        shared.end_handshake(self._made)
        self._arrived = self._made = self._turns.quiet_since
        shared.connections.add(self)
        if shared.is_over:
            self._close()
        elif shared.is_overcrowded:
            shared.count_refused(is_told=False)
            self._close()
        elif shared.is_crowded:
            shared.count_refused(is_told=True)
            self._refuse(CROWDED)
        else:
            self._is_usual = True

    def data_received(self, data: bytes) -> None:
        """Bytes have come.

        The usual case stands first: all of one request, whose head was seen before.
        """
        turns = self._turns
        if self._is_usual and not turns.open:
            end = data.find(_HEAD_END) + 4
            known = self._heads.known.get(data[:end])
            if known is not None and len(data) == end + known.length and known.keeps_alive:
                gateway = self._shared.gateway
                if known.epoch is gateway.epoch:
                    answered = gateway.answer(known.admission, data[end:], started=perf_counter())
                    turns.take_alone(answered, has_body=known.has_body)
                    self.flushed()
                    return
        self._arrived = perf_counter()
        if self._last_is_read:
            self._discard(len(data))
        else:
            self._received += data
            self._advance()

    def eof_received(self) -> bool:
        """The client sends no more; it may still read. True keeps the connection open for it."""
        if self._is_finished or self._shared.is_secure:
            return False
        self._has_ended = True
        self._arrived = perf_counter()
        self._advance()
        return True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """There is no client any more."""
        self._shared.connections.discard(self)
        self._heads = self._shared.heads  # those of an address go with its last connection
        self._turns.drop()
        if self._body is not None and self._head is not None:
            self._shared.gateway.refuse(self._head.read.head, BROKEN_OFF, started=self._started)
            self._body = None
        self._last_is_read = True
        self._is_usual = False

    def pause_writing(self) -> None:
        """The client does not read what was written."""
        self._is_blocked = True
        self._is_usual = False

    def resume_writing(self) -> None:
        """The client reads again."""
        self._is_blocked = False
        self._advance()

    def flushed(self) -> None:
        """Answers were written; there may be room for further requests."""
        if not self._is_usual:
            self._advance()

    def finished(self) -> None:
        """The last answer was written: close, or wait for the client to read it."""
        has_unread = self._has_unread or self._is_paused or bool(self._received)
        self._last_is_read = True
        self._received.clear()
        if self._has_ended or not has_unread:
            self._close()
            return
        self._is_finished = True
        self._is_usual = False
        self._arrived = self._waits_since = perf_counter()
        if self._transport.can_write_eof():
            self._transport.write_eof()
        self._set_paused(is_paused=False)

    def end(self) -> None:
        """Close if nothing is open, and nothing has come that is still to be read.

        Who has just connected has a moment to ask.
        """
        turns = self._turns
        if self._transport.is_closing():
            return
        is_open = turns.open or self._received or self._body
        is_new = turns.quiet_since == self._made and perf_counter() - self._made < _NEW_SECONDS
        if not (is_open or is_new or unread_by_kernel(self._transport)):
            self._close()

    def abort(self) -> None:
        """Close at once, whatever is open."""
        self._transport.abort()

    def sweep(self, now: float) -> None:
        """End what has taken too long by `now` (`time.perf_counter()`)."""
        limits = self._shared.limits
        if unsent := self._transport.get_write_buffer_size():
            self._sweep_unsent(unsent, now)
        elif self._is_finished:
            is_quiet = now - self._arrived > limits.linger_seconds
            if is_quiet or now - self._waits_since > limits.body_seconds:
                self._shared.give_up(self._transport, "lingering")
        elif self._has_ended and now - self._arrived > _PROBE_SECONDS:
            self._turns.probe()  # it may have gone altogether
        elif self._last_is_read:
            return  # the gateway answers in its own time
        elif self._started:
            self._sweep_waiting(now)
        elif not self._turns.open and now - self._turns.quiet_since > limits.idle_seconds:
            self._shared.count_ended("idle")
            self._close()

    def _sweep_unsent(self, unsent: int, now: float) -> None:
        unsent += unsent_by_kernel(self._transport)
        if unsent != self._unsent:
            self._stuck_since = now
        elif now - self._stuck_since > self._shared.limits.write_seconds:
            self._shared.give_up(self._transport, "write_time_limit")
        self._unsent = unsent

    def _sweep_waiting(self, now: float) -> None:
        limits = self._shared.limits
        if not self._may_read():
            self._waits_since = now  # it is not the client that is waited for
        elif self._body is None:
            if now - self._waits_since > limits.head_seconds:
                self._refuse(SLOW_HEAD)
        elif now - self._waits_since > limits.body_seconds:
            self._refuse(slow_body(limits.body_seconds))

    def _advance(self) -> None:
        """Read what may be read of what has come, and write the answers that are there."""
        if self._is_advancing:
            return
        self._is_advancing = True
        turns = self._turns
        needs_more = False
        while not needs_more and self._may_read():
            turns.is_held = True
            needs_more = self._read_all()
            turns.is_held = False
            turns.flush()
        if self._has_ended:
            self._end_reading()
        self._is_advancing = False
        self._settle()

    def _settle(self) -> None:
        is_open = not (self._last_is_read or self._is_blocked or self._has_ended)
        self._is_usual = is_open and not self._received and self._body is None
        self._set_paused(is_paused=bool(self._received) and not self._may_read())

    def _set_paused(self, *, is_paused: bool) -> None:
        if is_paused == self._is_paused or self._has_ended or self._transport.is_closing():
            return
        self._is_paused = is_paused
        if is_paused:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _may_read(self) -> bool:
        has_room = len(self._turns.open) < self._shared.limits.pipeline
        is_held = self._last_is_read or self._is_blocked or self._is_resting
        return has_room and not is_held

    def _read_all(self) -> bool:
        """Read heads and bodies; True if the rest of one has not come."""
        try:
            while self._may_read():
                is_read = self._read_head() if self._body is None else self._read_body(self._body)
                if not is_read:
                    return True
        except RefusedError as refused:
            self._refuse(refused.problem)
        return False

    def _read_head(self) -> bool:
        received, limit = self._received, self._shared.limits.head_bytes
        while received.startswith(b"\r\n"):  # RFC 9112, 2.2: some clients end bodies so
            del received[:2]
        if _is_empty(received):
            return False
        end = received.find(_HEAD_END, max(0, self._scanned - 3)) + 4
        raw = bytes(received[:end]) if end > 3 else b""
        if raw not in self._heads.known:
            size = end if raw else len(received)
            check_beginning(received, self._scanned, min(size, limit))
            if size > limit:
                raise RefusedError(HEADERS_TOO_LARGE)
        if not self._started:
            self._started = self._waits_since = self._arrived
        if not raw:
            self._scanned = len(received)
            return False
        admitted = self._heads.admit(raw)
        del received[:end]
        self._scanned = 0
        self._begin(admitted)
        return True

    def _begin(self, head: AdmittedHead) -> None:
        """The head is read; answer it if that is all there is to it."""
        limit = self._shared.limits.body_bytes
        if head.length > limit:
            self._head = head
            raise RefusedError(body_too_large(limit))
        if not (head.length or head.read.is_chunked):
            self._answer(head, b"")
            return
        self._head = head
        self._waits_since = self._arrived
        self._body = ChunkedBody(limit) if head.read.is_chunked else SizedBody(head.length)
        if head.read.expects_continue and not self._received:
            self._turns.give_leave()

    def _read_body(self, body: Body) -> bool:
        taken = body.take(self._received) if self._received else Taken.WHAT_CAME
        if taken is Taken.A_SLICE:
            self._is_resting = True
            self._loop.call_soon(self._go_on)
        if taken is not Taken.ALL or self._head is None:
            return False
        head, self._head, self._body = self._head, None, None
        self._answer(head, body.value())
        return True

    def _go_on(self) -> None:
        self._is_resting = False
        self._advance()

    def _answer(self, head: AdmittedHead, body: bytes) -> None:
        started, self._started = self._started, 0.0
        self._last_is_read = not head.keeps_alive
        admission = self._heads.renewed(head).admission
        self._turns.take(
            self._shared.gateway.answer(admission, body, started=started),
            keeps_alive=head.keeps_alive,
            has_body=head.has_body,
            names_keep_alive=head.read.names_keep_alive,
            takes_interim=head.read.takes_interim,
        )

    def _refuse(self, problem: Problem) -> None:
        """Answer the request that is being read, or the bytes that are none, with a problem."""
        read = self._head
        head = self._shared.unread_head(self._received) if read is None else read.read.head
        has_body = read is None or read.has_body
        self._head = self._body = None
        self._last_is_read = self._has_unread = True
        started = self._started or self._arrived
        response = self._shared.gateway.refuse(head, problem, started=started)
        self._turns.take(response, keeps_alive=False, has_body=has_body)

    def _end_reading(self) -> None:
        """The client sends no more: answer what is open, and close."""
        if self._last_is_read or not self._may_read():
            return
        if self._body is not None or not _is_empty(self._received):
            self._refuse(BROKEN_OFF)
        elif self._turns.open:
            self._last_is_read = True
            self._turns.open[-1].keeps_alive = False
        else:
            self._close()

    def _discard(self, size: int) -> None:
        """Throw away what comes after the last request, up to a bound."""
        self._has_unread = True
        self._spare_bytes -= size
        if self._spare_bytes < 0 and self._is_finished:
            self._shared.give_up(self._transport, "lingering")

    def _close(self) -> None:
        self._last_is_read = self._is_finished = True
        self._is_usual = False
        self._arrived = self._waits_since = perf_counter()
        self._transport.close()


def _is_empty(received: bytearray) -> bool:
    """Whether there is nothing but what may stand before a head."""
    return not received or received == b"\r"
