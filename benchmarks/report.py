"""The report: tables in Markdown of what was measured."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.quantities import (
    ABSENT,
    mebibytes,
    milliseconds,
    of_median,
    rate,
    spread,
    table,
    times,
)
from benchmarks.results import PeerFacts, Results, Series

__all__ = ["UNIT", "between_markers", "front_table", "report"]

#: What the others are compared with.
UNIT = "fastapi"
_BUSY = 64
_FRONT = ("fastapi", "mlflow", "bentoml", "golive")


def report(results: Results) -> str:
    """All tables of a run."""
    parts = [_about(results), "![Requests a second of each model](images/benchmark-rates.svg)"]
    for model, title in results.titles.items():
        parts += [f"### {title}", _model_table(results, model), *_alone(results, model)]
    parts += ["### Over the connections", *_connection_tables(results)]
    parts += ["![Start and memory](images/benchmark-start.svg)"]
    parts += _default_threads(results)
    parts += ["### What was run", _peer_table(results), *_problems(results)]
    return "\n\n".join(parts)


def front_table(results: Results) -> str:
    """The table of the README: the models at 64 connections, start and memory."""
    peers = [facts for name in _FRONT for facts in results.peers if facts.name == name]
    rows = [_front_row(results, model, peers) for model in results.titles]
    first = next(iter(results.titles))
    series = [results.find(facts.name, first) for facts in peers]
    rows += [
        ["Start to the first answer", *(_start(each) for each in series), ABSENT],
        ["Memory of all processes", *(_memory(each) for each in series), ABSENT],
    ]
    head = ["requests a second", *(facts.title for facts in peers), "against FastAPI"]
    where = f"{results.machine.cores} cores, {results.machine.processor}"
    note = f"{_BUSY} connections, {where}, {results.started_at[:10]}"
    return f"{table(head, rows)}\n\n{note}; [all of it](docs/benchmarks.md), and how to run it."


def between_markers(text: str, name: str, content: str) -> str:
    """A document with new content between `<!-- NAME -->` and `<!-- /NAME -->`.

    Raises:
        ValueError: The document has no such markers, or has them twice.
    """
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise ValueError(f"the document has no {begin.strip()} … {end}, each once")
    before, _, rest = text.partition(begin)
    return f"{before}{begin}\n{content}\n\n{end}{rest.partition(end)[2]}"


def _front_row(results: Results, model: str, peers: Iterable[PeerFacts]) -> list[str]:
    rates = {facts.name: _rate(results, facts.name, model) for facts in peers}
    shown = [ABSENT if value is None else rate(value) for value in rates.values()]
    return [results.titles[model], *shown, times(rates.get("golive"), rates.get(UNIT))]


def _about(results: Results) -> str:
    machine, options = results.machine, results.options
    variables = ", ".join(f"`{name}={value}`" for name, value in machine.variables.items())
    rounds = max((len(each.rounds) for each in results.series), default=0)
    return (
        f"Measured on {results.started_at[:10]} with golive {results.golive}: {machine.processor}, "
        f"{machine.cores} cores, {mebibytes(machine.memory_bytes)}, {machine.kernel}, "
        f"Python {machine.python}, {machine.load_tool}. {rounds} rounds, runs of "
        f"{options.seconds:g} s, {results.seconds / 60:.0f} minutes in all. The load average of "
        f"the minute before was {machine.load_before:g}. Each round by itself: "
        "[serving.json](../benchmarks/results/serving.json)."
        + (f" Variables that were set: {variables}." if variables else "")
    )


def _model_table(results: Results, model: str) -> str:
    head = [f"{_BUSY} connections", "req/s (least–most)", "× FastAPI", "p50", "p99",
            "p50, 1 connection", "CPU a request", "memory", "start", "errors"]  # fmt: skip
    rows = [_model_row(results, facts, model) for facts in results.peers]
    return table(head, [row for row in rows if row])


def _model_row(results: Results, facts: PeerFacts, model: str) -> list[str]:
    series = results.find(facts.name, model)
    if series is None or not series.loads(_BUSY):
        return []
    busy = series.loads(_BUSY)
    cpu = of_median([load.cpu_microseconds for load in busy if load.requests])
    return [
        facts.title,
        spread([load.rate for load in busy]),
        times(series.rate(_BUSY), _rate(results, UNIT, model)),
        _latency([load.p50 for load in busy if load.requests]),
        _latency([load.p99 for load in busy if load.requests]),
        _latency([load.p50 for load in series.loads(1) if load.requests]),
        ABSENT if cpu is None else f"{cpu:,.0f} µs",
        _memory(series),
        _start(series),
        str(series.errors),
    ]


def _alone(results: Results, model: str) -> list[str]:
    """The limits beside a model's table."""
    lines = [
        f"The model alone, called with one row: {spread(each.rates)} calls/s."
        for each in results.in_process
        if each.model == model
    ]
    for facts in results.peers:
        series = results.find(facts.name, model)
        no_op = None if series is None else series.rate(_BUSY, "no-op")
        if series is None or no_op is None:
            continue
        if series.note and not any(series.note in line for line in lines):
            lines.append(f"{facts.title}, {series.note}")
        share = (series.rate(_BUSY) or 0) / no_op
        lines.append(
            f"{facts.title}, a request that asks no model: {rate(no_op)} req/s; "
            f"this model reaches {share:.0%} of it."
        )
    return ["  \n".join(lines)] if lines else []


def _connection_tables(results: Results) -> list[str]:
    parts = []
    for model, title in results.titles.items():
        counts = results.options.connections
        head = [title, *(f"{n} {'connection' if n == 1 else 'connections'}" for n in counts)]
        rows = [
            [facts.title, *(_rate_and_p99(series, n) for n in counts)]
            for facts in results.peers
            if (series := results.find(facts.name, model)) is not None and series.rounds
        ]
        parts.append(table(head, rows))
    return ["Requests a second, and the latency that 99 of 100 do not exceed.", *parts]


def _rate_and_p99(series: Series, connections: int) -> str:
    reached = series.rate(connections)
    p99 = [load.p99 for load in series.loads(connections) if load.requests]
    return ABSENT if reached is None else f"{rate(reached)}, {_latency(p99)}"


def _latency(microseconds: list[float]) -> str:
    middle = of_median(microseconds)
    return ABSENT if middle is None else milliseconds(middle)


def _default_threads(results: Results) -> list[str]:
    models = list(dict.fromkeys(s.model for s in results.series if s.threads == "default"))
    if not models:
        return []
    head = [f"{_BUSY} connections", *(results.titles[model] for model in models)]
    rows = [
        [facts.title, *(_both(results, facts.name, model) for model in models)]
        for facts in results.peers
        if any(_rate(results, facts.name, model, "default") for model in models)
    ]
    text = (
        "Requests a second without `OMP_NUM_THREADS=1`: as many threads as the libraries choose. "
        "In brackets, what it was with one."
    )
    return ["### With the libraries' own threads", text, table(head, rows)]


def _both(results: Results, peer: str, model: str) -> str:
    default, one = (_rate(results, peer, model, threads) for threads in ("default", "one"))
    if default is None:
        return ABSENT
    return rate(default) if one is None else f"{rate(default)} ({rate(one)})"


def _peer_table(results: Results) -> str:
    rows = [
        [
            facts.title,
            f"`{facts.command}`" if facts.command else ABSENT,
            ", ".join(f"{name} {version}" for name, version in facts.versions.items()) or ABSENT,
        ]
        for facts in results.peers
    ]
    return table(["", "command", "versions"], rows).replace("---:", "---")


def _problems(results: Results) -> list[str]:
    lines = [f"- {facts.title}: {facts.problem}" for facts in results.peers if facts.problem]
    titles = {facts.name: facts.title for facts in results.peers}
    lines += [
        f"- {titles[s.peer]}, {results.titles[s.model]}"
        f"{'' if s.threads == 'one' else ', default threads'}: {_short(s.problem)}"
        for s in results.series
        if s.problem
    ]
    return ["What could not be measured, and why:\n\n" + "\n".join(lines)] if lines else []


def _short(problem: str) -> str:
    """A problem on one line, that no line of a log turns into markup."""
    return " ".join(problem.replace("`", "'").replace("<", "‹").split())[:400]


def _rate(results: Results, peer: str, model: str, threads: str = "one") -> float | None:
    series = results.find(peer, model, threads)
    return None if series is None else series.rate(_BUSY)


def _start(series: Series | None) -> str:
    seconds = of_median([each.start_seconds for each in series.rounds] if series else [])
    return ABSENT if seconds is None else f"{seconds:.2f} s"


def _memory(series: Series | None) -> str:
    size = of_median([each.pss_bytes for each in series.rounds] if series else [])
    return ABSENT if size is None else mebibytes(size)
