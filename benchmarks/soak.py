"""Soak: serve a model for minutes with good and bad records; memory has to stay flat.

`make bench-soak` runs it. It ends with code 1 where an answer was wrong or lost, memory grew, or
latency passed its bound; what was seen is in a JSON file and a picture.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression, median

import msgspec

from benchmarks.cases import Case
from benchmarks.client import Connection
from benchmarks.environments import ROOT
from benchmarks.exchanges import GOLIVE
from benchmarks.measuring import first_answer
from benchmarks.models import prepare
from benchmarks.peers import PEERS, Launch
from benchmarks.progress import say
from benchmarks.report import between_markers
from benchmarks.servers import Server, end_servers_when_told, free_port

__all__ = ["Bounds", "Soak", "Window", "broken", "growth", "summary"]

_WORK = ROOT / "build" / "bench"
_RESULTS = ROOT / "benchmarks" / "results" / "soak.json"
_EVERY = 2.0
_CONNECTIONS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A few seconds of it.

    Attributes:
        at: Seconds since the load began.
        answers: In these seconds.
        p50: Their latency in milliseconds that half did not exceed.
        p99: The same for 99 of 100.
        pss_mebibytes: Memory of the server's processes at the end.
    """

    at: float
    answers: int
    p50: float
    p99: float
    pss_mebibytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Soak:
    """What was seen.

    Attributes:
        model: That was served.
        seconds: That it took.
        good: Answers to good records.
        refused: Answers to bad records.
        wrong: Answers of both kinds that were not what they had to be, and lost ones.
        examples: Some of those.
        windows: Over time.
    """

    model: str
    seconds: float
    good: int
    refused: int
    wrong: int
    examples: tuple[str, ...]
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What must hold.

    Attributes:
        growth: Mebibytes that memory may grow in the last three quarters of the time.
        p99: Milliseconds that the 99th percentile may reach, as a median over the windows.
    """

    growth: float
    p99: float


def growth(windows: tuple[Window, ...]) -> float:
    """Mebibytes by which a straight line through the last three quarters rises."""
    kept = windows[len(windows) // 4 :]
    if len(kept) < 2:
        return 0.0
    times = [window.at for window in kept]
    slope = linear_regression(times, [window.pss_mebibytes for window in kept]).slope
    return slope * (times[-1] - times[0])


def broken(soak: Soak, bounds: Bounds) -> list[str]:
    """The bounds that were not kept, as sentences."""
    found = []
    if soak.wrong:
        found.append(f"{soak.wrong} answers were wrong or lost, such as {soak.examples[0]}")
    if not soak.good or not soak.refused:
        found.append(f"{soak.good} good and {soak.refused} bad records were answered")
    if (grown := growth(soak.windows)) > bounds.growth:
        found.append(f"memory grew by {grown:.1f} MiB, more than {bounds.growth:g}")
    if soak.windows and (p99 := median(w.p99 for w in soak.windows)) > bounds.p99:
        found.append(f"p99 was {p99:.1f} ms, more than {bounds.p99:g}")
    return found


@dataclass(slots=True)
class _Tally:
    """Counts of what the clients see."""

    case: Case
    good: int = 0
    refused: int = 0
    wrong: int = 0
    examples: list[str] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    def blame(self, text: str) -> None:
        """Count what is not as it must be."""
        self.wrong += 1
        if len(self.examples) < 5:
            self.examples.append(text[:300])

    def window(self, at: float, pss_bytes: int) -> Window:
        """What was seen since the last one."""
        ordered, self.latencies = sorted(self.latencies) or [0.0], []
        count = len(ordered)
        return Window(
            at=round(at, 2),
            answers=count,
            p50=round(ordered[count // 2] * 1000, 3),
            p99=round(ordered[min(count - 1, count * 99 // 100)] * 1000, 3),
            pss_mebibytes=round(pss_bytes / 2**20, 2),
        )


def bad_bodies(case: Case, number: int) -> bytes:
    """A body that has to be refused, of several kinds in turn."""
    record, name = case.records[number % len(case.records)], case.columns[0]
    wrong_type = {**record, name: "no number"}
    missing = {key: value for key, value in record.items() if key != name}
    of_lists = {**record, case.columns[1]: [1]}
    kinds: tuple[Mapping[str, object], ...] = (wrong_type, missing, of_lists)
    turn = number % 4
    return b'{"unfinished": ' if turn == 3 else json.dumps(kinds[turn]).encode()


async def _client(port: int, offset: int, tally: _Tally, until: float) -> None:
    """Send records over one connection, every tenth a bad one."""
    connection = await Connection.open(port)
    number = offset
    try:
        while time.perf_counter() < until:
            begin = time.perf_counter()
            if number % 10 == 9:
                await _send_bad(connection, number, tally)
            else:
                await _send_good(connection, number % len(tally.case.records), tally)
            tally.latencies.append(time.perf_counter() - begin)
            number += 1
    except (OSError, EOFError, ValueError, TimeoutError) as error:
        tally.blame(f"a connection was lost: {error!r}")
    finally:
        connection.close()


async def _send_good(connection: Connection, number: int, tally: _Tally) -> None:
    body = GOLIVE.encode(tally.case, tally.case.records[number])
    status, answer = await connection.post("/predict", body)
    if status == 200 and GOLIVE.is_right(tally.case, number, answer):
        tally.good += 1
    else:
        tally.blame(f"{status} to record {number}: {answer!r}")


async def _send_bad(connection: Connection, number: int, tally: _Tally) -> None:
    status, answer = await connection.post("/predict", bad_bodies(tally.case, number))
    if status == (400 if number % 4 == 3 else 422):
        tally.refused += 1
    else:
        tally.blame(f"{status} to a bad record: {answer!r}")


async def _load(server: Server, port: int, case: Case, seconds: float) -> Soak:
    tally, windows, begin = _Tally(case), [], time.perf_counter()
    until = begin + seconds
    spread = len(case.records) // _CONNECTIONS
    clients = [
        asyncio.create_task(_client(port, n * spread, tally, until)) for n in range(_CONNECTIONS)
    ]
    while time.perf_counter() < until:
        await asyncio.sleep(min(_EVERY, max(0.01, until - time.perf_counter())))
        windows.append(tally.window(time.perf_counter() - begin, server.pss_bytes()))
    await asyncio.gather(*clients)
    return Soak(
        model=case.name,
        seconds=round(time.perf_counter() - begin, 1),
        good=tally.good,
        refused=tally.refused,
        wrong=tally.wrong,
        examples=tuple(tally.examples),
        windows=tuple(windows),
    )


def soak(model: str, seconds: float, workers: int) -> Soak:
    """Serve a model and load it."""
    peer, case = PEERS["golive"], prepare(model, _WORK / "models" / model)
    launch = Launch(
        python=peer.python(),
        case=case,
        folder=_WORK / "served" / "soak" / model,
        workers=workers,
        port=free_port(),
    )
    peer.prepare(launch)
    with Server(peer.command(launch), _WORK / "logs" / "soak.log", one_thread=True) as server:
        first_answer(server, launch.port, case, peer.exchange)
        say(f"soaking {model} for {seconds:g} s")
        seen = asyncio.run(_load(server, launch.port, case, seconds))
        server.require_running()
    return seen


def summary(seen: Soak) -> str:
    """What was seen, in sentences."""
    first, last = seen.windows[0], seen.windows[-1]
    return (
        f"`golive serve` answered {seen.good:,} good records and refused {seen.refused:,} bad ones "
        f"in {seen.seconds:g} s over {_CONNECTIONS} connections ({seen.model}); {seen.wrong} "
        f"answers were wrong or lost. Memory was {first.pss_mebibytes:g} MiB at first and "
        f"{last.pss_mebibytes:g} MiB at last; a line through the last three quarters rises by "
        f"{growth(seen.windows):.2f} MiB. p99 was {median(w.p99 for w in seen.windows):.2f} ms in "
        f"the median window, and {max(w.p99 for w in seen.windows):.2f} ms in the worst."
    )


def main() -> int:
    """Do what the command line says; 1 where a bound was not kept."""
    arguments = _arguments()
    if arguments.report and not arguments.output.exists():
        say(f"nothing has been measured yet: there is no {arguments.output}")
        return 0
    if arguments.report:
        seen = msgspec.json.decode(arguments.output.read_bytes(), type=Soak)
    else:
        end_servers_when_told()
        seen = soak(arguments.model, arguments.seconds, arguments.workers)
    _keep(seen, arguments.output)
    say(summary(seen))
    faults = broken(seen, Bounds(growth=arguments.max_growth, p99=arguments.max_p99))
    for fault in faults:
        say(f"FAILED: {fault}")
    return 1 if faults and not arguments.report else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120, help="how long; 120")
    parser.add_argument("--model", default="boosted", help="which; boosted")
    parser.add_argument("--workers", type=int, default=1, help="processes; 1")
    parser.add_argument("--max-growth", type=float, default=4, help="MiB that memory may grow; 4")
    parser.add_argument("--max-p99", type=float, default=250, help="ms that p99 may reach; 250")
    parser.add_argument("--report", action="store_true", help="only write the document again")
    parser.add_argument("--output", type=Path, default=_RESULTS, help="the JSON file")
    return parser.parse_args()


def _keep(seen: Soak, output: Path) -> None:
    """Write JSON and a picture; those of the usual file go into the document."""
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(msgspec.json.format(msgspec.json.encode(seen), indent=1) + b"\n")
    if output != _RESULTS:
        _draw(seen, output.with_suffix(".svg"))
        return
    _draw(seen, ROOT / "docs" / "images" / "benchmark-soak.svg")
    content = f"{summary(seen)}\n\n![Latency and memory over time](images/benchmark-soak.svg)"
    document = ROOT / "docs" / "benchmarks.md"
    document.write_text(between_markers(document.read_text("utf-8"), "soak", content), "utf-8")


def _draw(seen: Soak, picture: Path) -> None:
    from benchmarks.plots import lines

    panels = {
        "p99, ms": [window.p99 for window in seen.windows],
        "p50, ms": [window.p50 for window in seen.windows],
        "memory, MiB": [window.pss_mebibytes for window in seen.windows],
    }
    times = ("seconds", [window.at for window in seen.windows])
    lines(f"golive serve, {seen.model}: every tenth record is bad", times, panels, picture)


if __name__ == "__main__":
    sys.exit(main())
