"""One round with one server: start it, compare its answers, load it, end it."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import Case
from benchmarks.exchanges import Exchange
from benchmarks.load import Requests, send, write_get, write_requests
from benchmarks.peers import Launch, Peer
from benchmarks.progress import say
from benchmarks.results import Load, Round
from benchmarks.servers import Server, ServerFailedError, free_port

__all__ = ["Plan", "first_answer", "measure"]

_COMPARED = 200
_START_PATIENCE = 60.0
_CHECKED_CONNECTIONS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a round holds.

    Attributes:
        connections: Of each run of the load tool.
        seconds: Of each run.
        one_thread: Whether OpenMP and BLAS are told to use one thread.
    """

    connections: tuple[int, ...]
    seconds: int
    one_thread: bool = True


def measure(peer: Peer, launch: Launch, plan: Plan, log: Path) -> Round:
    """Start a server, and measure it until its end.

    Raises:
        ServerFailedError: It does not start, or does not answer.
        LoadFailedError: The load tool failed.
    """
    port = free_port()
    launch = Launch(
        python=launch.python,
        case=launch.case,
        folder=launch.folder,
        workers=launch.workers,
        port=port,
    )
    requests = Requests(file=launch.folder / "requests.lua", url=f"http://127.0.0.1:{port}")
    write_requests(requests.file, launch.case, peer.exchange)
    with Server(peer.command(launch), log, one_thread=plan.one_thread) as server:
        start = first_answer(server, port, launch.case, peer.exchange)
        wrong = _compare(port, launch.case, peer.exchange)
        send(requests, connections=_CHECKED_CONNECTIONS, seconds=1)
        server.settle()
        checked = send(requests, connections=_CHECKED_CONNECTIONS, seconds=1, checks=True)
        if checked.wrong:
            say(f"WRONG: {peer.name} answered {launch.case.name} {checked.example}")
        loads = [_load(server, requests, n, plan.seconds) for n in plan.connections]
        members, memory = len(server.members()), server.pss_bytes()
        loads += _no_op(server, requests, peer, plan)
        server.require_running()
    return Round(
        start_seconds=start,
        compared=_COMPARED,
        checked=checked.checked,
        wrong=wrong + checked.wrong,
        processes=members,
        pss_bytes=memory,
        loads=tuple(loads),
    )


def _load(
    server: Server, requests: Requests, connections: int, seconds: int, target: str = "model"
) -> Load:
    server.settle()
    before = server.cpu_seconds()
    sent = send(requests, connections=connections, seconds=seconds)
    return Load(
        target=target,
        connections=connections,
        requests=sent.requests,
        seconds=sent.seconds,
        p50=sent.p50,
        p99=sent.p99,
        longest=sent.longest,
        bad_status=sent.bad_status,
        lost=sent.lost,
        cpu_seconds=server.cpu_seconds() - before,
    )


def _no_op(server: Server, requests: Requests, peer: Peer, plan: Plan) -> list[Load]:
    if peer.no_op is None:
        return []
    file = requests.file.with_name("no_op.lua")
    write_get(file, peer.no_op)
    wanted = [n for n in plan.connections if n in {1, 64}]
    idle = Requests(file=file, url=requests.url)
    return [_load(server, idle, n, plan.seconds, "no-op") for n in wanted]


def first_answer(server: Server, port: int, case: Case, exchange: Exchange) -> float:
    """Seconds from the start of the process to the first right answer.

    Raises:
        ServerFailedError: It ended, or there was none in time.
    """
    body, path = exchange.encode(case, case.records[0]), exchange.path(case)
    answer = b""
    while (passed := time.perf_counter() - server.started) < _START_PATIENCE:
        server.require_running()
        try:
            answer = _ask(port, path, body)
        except (OSError, http.client.HTTPException):
            time.sleep(0.002)
            continue
        passed = time.perf_counter() - server.started
        if exchange.is_right(case, 0, answer):
            return passed
        time.sleep(0.01)
    raise ServerFailedError(
        f"no right answer within {_START_PATIENCE:g} s; the last was {answer[:200]!r}; "
        f"its log: {server.log_tail()}"
    )


def _ask(port: int, path: str, body: bytes) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        return _post(connection, path, body)
    finally:
        connection.close()


def _compare(port: int, case: Case, exchange: Exchange) -> int:
    """The number of wrong answers to single requests, one after the other."""
    path = exchange.path(case)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    wrong = 0
    try:
        for number in range(_COMPARED):
            answer = _post(connection, path, exchange.encode(case, case.records[number]))
            if not exchange.is_right(case, number, answer):
                wrong += 1
                say(f"WRONG: {case.name}, record {number}: {answer[:200]!r}")
    except (OSError, http.client.HTTPException) as error:
        raise ServerFailedError(f"it stopped answering: {error!r}") from error
    finally:
        connection.close()
    return wrong


def _post(connection: http.client.HTTPConnection, path: str, body: bytes) -> bytes:
    connection.request("POST", path, body, {"content-type": "application/json"})
    return connection.getresponse().read()
