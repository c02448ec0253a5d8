"""What the served model costs: `golive serve` in a process of its own, asked over loopback."""

from __future__ import annotations

import http.client
import re
import select
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from golive.bundle.reading import Bundle
from golive.checking.answering import encode_record
from golive.checking.child import command
from golive.checking.report import Finding, Measurements
from golive.signature.model import JsonValue, Signature

__all__ = ["measure", "memory_findings", "percentile"]

_BOOT = "import sys; sys.path.append(sys.argv.pop(1)); from golive.cli.main import main; main()"
_ADDRESS = re.compile(rb"answers at http://[^:/]+:(?P<port>\d+)(?P<path>/\S*)")
_START_LIMIT = 120.0
_ANSWER_LIMIT = 60.0
_STARTS = 3
_STARTS_SECONDS = 2.0
_WARM_UP = 20
_ROUNDS = 5
_REQUESTS_A_ROUND = 60
_ROUND_SECONDS = 0.5
_GROWTH = 16 * 2**20
_GROWTH_A_REQUEST = 2**16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    """A served bundle: where it answers and how long it took to."""

    process: subprocess.Popen[bytes]
    port: int
    path: str
    seconds: float


def measure(bundle: Bundle, *, allow_drifted_environment: bool) -> Measurements | Finding:
    """Start the bundle as `golive serve` does, ask it, and measure; a finding if it cannot be.

    The first golden record that is answered is asked, one request at a time on one connection. It
    has all columns, so that nothing is looked up.
    """
    if bundle.signature.features:
        return _not_alone(bundle.signature)
    record = next((g.record for g in bundle.golden if "error" not in g.output), None)
    starts: list[float] = []
    while True:
        with _serving(bundle, allow_drifted_environment=allow_drifted_environment) as server:
            if isinstance(server, Finding):
                return server
            starts.append(server.seconds)
            if len(starts) < _STARTS and sum(starts) < _STARTS_SECONDS:
                continue
            before = _resident_bytes(server.process.pid)
            rounds: list[list[float]] = []
            if record is not None:
                before, rounds = _timed(server, record)
            memory = _resident_bytes(server.process.pid)
            break
    return Measurements(
        start_seconds=statistics.median(starts),
        starts=len(starts),
        memory_bytes=memory,
        memory_growth_bytes=None if memory is None or before is None else memory - before,
        latency_p50_ms=_median_of(rounds, 50),
        latency_p99_ms=_median_of(rounds, 99),
        requests=sum(map(len, rounds)),
    )


def memory_findings(found: Measurements) -> Iterator[Finding]:
    """A finding where every request leaves something behind."""
    grown = found.memory_growth_bytes
    if grown is None or grown < _GROWTH or grown < _GROWTH_A_REQUEST * found.requests:
        return
    yield Finding(
        check="memory",
        severity="warning",
        code="grows",
        message=f"{found.requests} requests with the same record leave {grown / 2**20:.0f} MiB "
        "behind",
        hint="a model must not keep what it is asked: look for lists and caches that only grow",
    )


def _not_alone(signature: Signature) -> Finding:
    names = ", ".join(source.model for source in signature.features)
    return Finding(
        check="start",
        severity="note",
        code="not_alone",
        message=f"it takes features of {names}, so that it is not served by itself and was not "
        "measured",
    )


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest of the values that `percent` in a hundred of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(-(-len(ordered) * percent // 100) - 1, 0)]


def _median_of(rounds: Sequence[Sequence[float]], percent: int) -> float:
    """The median over the rounds of a percentile, in milliseconds."""
    found = [percentile(times, percent) for times in rounds if times]
    return statistics.median(found) * 1000 if found else 0.0


@contextmanager
def _serving(bundle: Bundle, *, allow_drifted_environment: bool) -> Iterator[_Server | Finding]:
    options = ["--allow-drifted-environment"] if allow_drifted_environment else []
    with _empty_lookups(bundle.signature) as lookups:
        yield from _started(bundle, [*options, *lookups])


@contextmanager
def _empty_lookups(signature: Signature) -> Iterator[list[str]]:
    """Options that give each lookup a place with nothing in it."""
    if not signature.lookups:
        yield []
        return
    with tempfile.TemporaryDirectory(prefix="golive-lookups-") as folder:
        empty = Path(folder, "empty.json")
        empty.write_text("{}")
        names = [lookup.name for lookup in signature.lookups]
        yield [part for name in names for part in ("--lookup", f"{name}={empty}")]


def _started(bundle: Bundle, options: Sequence[str]) -> Iterator[_Server | Finding]:
    began = time.monotonic()
    process = subprocess.Popen(  # noqa: S603  # our own interpreter, our own program
        command(_BOOT, "serve", str(bundle.source), "--port", "0", *options),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        yield _server(process, began)
    finally:
        process.kill()
        process.communicate()


def _server(process: subprocess.Popen[bytes], began: float) -> _Server | Finding:
    said = b""
    assert process.stderr is not None
    while (left := began + _START_LIMIT - time.monotonic()) > 0:
        ready, _, _ = select.select([process.stderr], [], [], left)
        line = process.stderr.readline() if ready else b""
        if not line:
            break
        said += line
        if (match := _ADDRESS.search(line)) is not None:
            seconds = time.monotonic() - began
            return _Server(
                process=process,
                port=int(match["port"]),
                path=match["path"].decode(),
                seconds=seconds,
            )
    words = " ".join(said.decode(errors="replace").split())[-300:]
    return Finding(
        check="start",
        severity="error",
        code="does_not_start",
        message=f"golive serve does not answer: {words or 'it says nothing'}",
    )


def _timed(server: _Server, record: JsonValue) -> tuple[int | None, list[list[float]]]:
    """The resident memory when the server is warm, and the seconds of requests, by round."""
    body = b'{"records":[' + encode_record(record) + b"]}"
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=_ANSWER_LIMIT)
    try:
        first = _seconds_of(connection, server.path, body)
        for _ in range(min(_WARM_UP, int(_ROUND_SECONDS / first) + 1)):
            _seconds_of(connection, server.path, body)
        memory = _resident_bytes(server.process.pid)
        return memory, [_round(connection, server.path, body) for _ in range(_ROUNDS)]
    finally:
        connection.close()


def _round(connection: http.client.HTTPConnection, path: str, body: bytes) -> list[float]:
    until = time.monotonic() + _ROUND_SECONDS
    times = [_seconds_of(connection, path, body)]
    while len(times) < _REQUESTS_A_ROUND and time.monotonic() < until:
        times.append(_seconds_of(connection, path, body))
    return times


def _seconds_of(connection: http.client.HTTPConnection, path: str, body: bytes) -> float:
    began = time.perf_counter()
    connection.request("POST", path, body, {"content-type": "application/json"})
    connection.getresponse().read()
    return time.perf_counter() - began


def _resident_bytes(pid: int) -> int | None:
    """The resident memory of a process as Linux tells it, else None."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    return None if found is None else int(found[1]) * 1024
