"""A whole run: every peer and model, round after round, and all that was measured."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from subprocess import CalledProcessError, SubprocessError

from benchmarks.cases import TITLES, Case
from benchmarks.environments import ROOT, InstallFailedError, versions_of
from benchmarks.in_process import measure_in_process
from benchmarks.load import LoadFailedError
from benchmarks.machine import this_machine
from benchmarks.measuring import Plan, measure
from benchmarks.models import prepare_all
from benchmarks.peers import PEERS, Launch, Peer
from benchmarks.progress import say
from benchmarks.results import FORMAT, InProcess, Machine, Options, PeerFacts, Results, Series
from benchmarks.servers import ServerFailedError
from golive.version import VERSION

__all__ = ["Wanted", "run"]

_WORK = ROOT / "build" / "bench"
_DEFAULT_THREADS = Plan(connections=(64,), seconds=2, one_thread=False)
_FAILURES = (ServerFailedError, LoadFailedError, SubprocessError, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to run.

    Attributes:
        peers: Their names, in the order of a round.
        models: Their names.
        options: Rounds, seconds, connections and minutes.
        workers: Processes that answer, of every peer.
        golive_workers: The same for golive.
        default_threads: The models that are also served without OMP_NUM_THREADS=1.
    """

    peers: tuple[str, ...]
    models: tuple[str, ...]
    options: Options
    workers: int
    golive_workers: int
    default_threads: tuple[str, ...]

    def workers_of(self, peer: str) -> int:
        """Processes that a peer is told to answer with."""
        return self.golive_workers if peer.startswith("golive") else self.workers


@dataclass(slots=True)
class _Run:
    """A run under way."""

    wanted: Wanted
    machine: Machine
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    begin: float = field(default_factory=time.monotonic)
    facts: dict[str, PeerFacts] = field(default_factory=dict)
    launches: dict[tuple[str, str], Launch] = field(default_factory=dict)
    series: dict[tuple[str, str, str], Series] = field(default_factory=dict)
    notes: dict[tuple[str, str], str] = field(default_factory=dict)
    rates: dict[str, list[float]] = field(default_factory=dict)

    def results(self) -> Results:
        """All that has been measured so far."""
        return Results(
            format=FORMAT,
            started_at=self.started.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - self.begin, 1),
            golive=VERSION,
            machine=self.machine,
            options=self.wanted.options,
            titles={name: TITLES[name] for name in self.wanted.models},
            peers=tuple(self.facts.values()),
            series=tuple(self.series.values()),
            in_process=tuple(
                InProcess(model=model, rates=tuple(rates)) for model, rates in self.rates.items()
            ),
        )

    def prepare(self) -> None:
        """Train the models, install the peers, and make what each serves of the models."""
        say(f"training {', '.join(self.wanted.models)}, unless that has been done")
        cases = prepare_all(list(self.wanted.models), _WORK / "models")
        pythons = {name: self._install(PEERS[name]) for name in self.wanted.peers}
        self.begin = time.monotonic()  # installing has its own time, once
        for name, python in pythons.items():
            if python is not None:
                self._prepare_peer(PEERS[name], python, cases)

    def _install(self, peer: Peer) -> Path | None:
        """The interpreter of a peer, or none where it cannot be installed."""
        try:
            python = peer.python()
            versions = versions_of(python, peer.reported)
        except (InstallFailedError, OSError, CalledProcessError) as error:
            say(f"{peer.name} cannot be installed: {error}")
            self.facts[peer.name] = _facts(peer, problem=f"cannot be installed here: {error}")
            return None
        workers = self.wanted.workers_of(peer.name)
        self.facts[peer.name] = _facts(peer, workers=workers, versions=versions)
        return python

    def _prepare_peer(self, peer: Peer, python: Path, cases: list[Case]) -> None:
        workers = self.wanted.workers_of(peer.name)
        for case in cases:
            folder = _WORK / "served" / peer.name / case.name
            folder.mkdir(parents=True, exist_ok=True)
            launch = Launch(python=python, case=case, folder=folder, workers=workers)
            self.launches[peer.name, case.name] = launch
            say(f"preparing {case.name} for {peer.name}")
            try:
                peer.prepare(launch)
                self.notes[peer.name, case.name] = peer.note(launch)
                shown = peer.command(launch).shown
                self.facts[peer.name] = replace(self.facts[peer.name], command=shown)
            except _FAILURES as error:
                self._fail(peer.name, case.name, "one", str(error))

    def round(self, number: int) -> None:
        """Measure every peer with every model once."""
        options = self.wanted.options
        plan = Plan(connections=options.connections, seconds=round(options.seconds))
        for model in self.wanted.models:
            self._measure_alone(model)
            for peer in self.wanted.peers:
                self._measure(peer, model, plan, number)

    def default_threads(self) -> None:
        """Measure once more, with as many threads as the libraries choose."""
        for model in self.wanted.default_threads:
            for peer in self.wanted.peers:
                self._measure(peer, model, _DEFAULT_THREADS, 1)

    def _measure_alone(self, model: str) -> None:
        rate = measure_in_process(_WORK / "models" / model, 1)
        self.rates.setdefault(model, []).append(rate)
        say(f"{model} in process: {rate:,.0f} calls/s")

    def _measure(self, peer: str, model: str, plan: Plan, number: int) -> None:
        threads = "one" if plan.one_thread else "default"
        if (launch := self.launches.get((peer, model))) is None:
            return
        failed = self.series.get((peer, model, "one"))
        key = (peer, model, threads)
        note = self.notes.get((peer, model), "")
        new = Series(peer=peer, model=model, threads=threads, note=note)
        series = self.series.setdefault(key, new)
        if failed is not None and failed.problem is not None:
            self.series[key] = replace(series, problem=failed.problem)
            return
        log = _WORK / "logs" / f"{peer}-{model}-{threads}-{number}.log"
        try:
            done = measure(PEERS[peer], launch, plan, log)
        except _FAILURES as error:
            self._fail(peer, model, threads, str(error))
            return
        self.series[key] = replace(series, rounds=(*series.rounds, done))
        rates = ", ".join(f"{load.rate:,.0f}" for load in done.loads)
        say(f"round {number}, {peer}, {model}: {rates} req/s, start {done.start_seconds:.2f} s")

    def _fail(self, peer: str, model: str, threads: str, problem: str) -> None:
        say(f"FAILED: {peer}, {model}: {problem}")
        old = self.series.get((peer, model, threads))
        series = old or Series(peer=peer, model=model, threads=threads)
        shown = problem.replace(str(ROOT), ".").replace(str(Path.home()), "~")
        self.series[peer, model, threads] = replace(series, problem=shown)


def run(wanted: Wanted, save: Callable[[Results], None]) -> Results:
    """Run all that is wanted; what fails is in the results with its reason.

    Args:
        wanted: What to run.
        save: Is given what there is after each round, so that no trouble costs all of it.
    """
    under_way = _Run(wanted, this_machine())
    under_way.prepare()
    _rounds(under_way, save)
    if wanted.default_threads:
        under_way.default_threads()
    return under_way.results()


def _rounds(under_way: _Run, save: Callable[[Results], None]) -> None:
    """Round after round, until there are enough or the time is over."""
    options = under_way.wanted.options
    deadline = under_way.begin + options.minutes * 60 - _seconds_of_default_threads(under_way)
    took: list[float] = []
    for number in range(1, options.rounds + 1):
        if took and time.monotonic() + median(took) > deadline:
            say(f"round {number} would not end within {options.minutes:g} minutes: left out")
            return
        begin = time.monotonic()
        under_way.round(number)
        save(under_way.results())
        took.append(time.monotonic() - begin)


def _seconds_of_default_threads(under_way: _Run) -> float:
    return 10.0 * len(under_way.wanted.default_threads) * len(under_way.wanted.peers)


def _facts(
    peer: Peer,
    *,
    workers: int = 0,
    versions: dict[str, str] | None = None,
    problem: str | None = None,
) -> PeerFacts:
    return PeerFacts(
        name=peer.name,
        title=peer.title,
        command="",
        workers=workers,
        versions=versions or {},
        problem=problem,
    )
