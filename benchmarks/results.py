"""What was measured, as it stands in the JSON file that reports and plots are made from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import median

import msgspec

__all__ = [
    "FORMAT",
    "InProcess",
    "Load",
    "Machine",
    "Options",
    "PeerFacts",
    "Results",
    "Round",
    "Series",
    "read",
    "write",
]

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One run of the load tool.

    Attributes:
        target: `model`, or `no-op` for the server's own health check.
        connections: That were open, each with one request under way.
        requests: That were answered.
        seconds: That it took.
        p50: Latency in microseconds that half of the answers did not exceed.
        p99: The same for 99 of 100.
        longest: The longest latency in microseconds.
        bad_status: Answers that were no success.
        lost: Connections that failed, and requests without an answer in time.
        cpu_seconds: Of all processes of the server.
    """

    target: str
    connections: int
    requests: int
    seconds: float
    p50: float
    p99: float
    longest: float
    bad_status: int
    lost: int
    cpu_seconds: float

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return (self.requests - self.bad_status) / self.seconds

    @property
    def cpu_microseconds(self) -> float:
        """The server's processor time for one request."""
        return self.cpu_seconds * 1e6 / self.requests if self.requests else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One start of a server and all that was measured until its end.

    Attributes:
        start_seconds: From the start of the process to the first right answer.
        compared: Answers to single requests that were compared with the model's.
        checked: Answers under load that were compared with the model's.
        wrong: Those of both that were not the model's.
        processes: Of the server.
        pss_bytes: Memory of them all, shared pages divided among those that share them.
        loads: The runs of the load tool.
    """

    start_seconds: float
    compared: int
    checked: int
    wrong: int
    processes: int
    pss_bytes: int
    loads: tuple[Load, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A peer that serves a model, over the rounds.

    Attributes:
        peer: Its name.
        model: The model's name.
        threads: `one` (OMP_NUM_THREADS=1) or `default` (not set).
        rounds: What was measured.
        problem: Why there is nothing, or no more.
        note: What a reader has to know of how the peer serves this model.
    """

    peer: str
    model: str
    threads: str
    rounds: tuple[Round, ...] = ()
    problem: str | None = None
    note: str = ""

    def loads(self, connections: int, target: str = "model") -> list[Load]:
        """The loads with so many connections, of each round."""
        loads = (load for each in self.rounds for load in each.loads)
        return [x for x in loads if (x.connections, x.target) == (connections, target)]

    def rate(self, connections: int, target: str = "model") -> float | None:
        """The median over the rounds of answers a second."""
        rates = [load.rate for load in self.loads(connections, target)]
        return median(rates) if rates else None

    @property
    def errors(self) -> int:
        """Wrong, failed and lost answers in all of it."""
        wrong = sum(each.wrong for each in self.rounds)
        loads = (load for each in self.rounds for load in each.loads)
        return wrong + sum(load.bad_status + load.lost for load in loads)


@dataclass(frozen=True, slots=True, kw_only=True)
class InProcess:
    """A model called in a loop, without a server.

    Attributes:
        model: Its name.
        rates: Calls with one row a second, of each round.
    """

    model: str
    rates: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerFacts:
    """What is said of a peer.

    Attributes:
        name: As in the series.
        title: What a reader is shown.
        command: That starts it, without this machine's paths.
        workers: Processes that answer, as they were asked for.
        versions: Of its packages.
        problem: Why it could not be tried, if it could not.
    """

    name: str
    title: str
    command: str
    workers: int
    versions: dict[str, str]
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where it was measured.

    Attributes:
        processor: Its name.
        cores: That may be used.
        memory_bytes: All of it.
        kernel: Its release.
        python: The version that served.
        load_tool: And its version.
        load_before: The mean number of running processes of the minute before.
        variables: Of the environment that change how numeric libraries compute.
    """

    processor: str
    cores: int
    memory_bytes: int
    kernel: str
    python: str
    load_tool: str
    load_before: float
    variables: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for.

    Attributes:
        rounds: At most, over all peers and models in turn.
        seconds: Of each run of the load tool.
        connections: Of the runs.
        minutes: After which no other round is begun.
    """

    rounds: int
    seconds: float
    connections: tuple[int, ...]
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All of a run.

    Attributes:
        format: Of this file.
        started_at: When it began, in UTC.
        seconds: That it took.
        golive: Its version.
        machine: Where.
        options: What was asked for.
        titles: Of the models, by name.
        peers: What was tried.
        series: What was measured.
        in_process: The models without a server.
    """

    format: int
    started_at: str
    seconds: float
    golive: str
    machine: Machine
    options: Options
    titles: dict[str, str]
    peers: tuple[PeerFacts, ...]
    series: tuple[Series, ...]
    in_process: tuple[InProcess, ...]

    def find(self, peer: str, model: str, threads: str = "one") -> Series | None:
        """What was measured of a peer and a model."""
        wanted = (peer, model, threads)
        return next((s for s in self.series if (s.peer, s.model, s.threads) == wanted), None)


def read(path: Path) -> Results:
    """The results of a file."""
    return msgspec.json.decode(path.read_bytes(), type=Results)


def write(results: Results, path: Path) -> None:
    """Write the results to a file that can be compared line by line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
