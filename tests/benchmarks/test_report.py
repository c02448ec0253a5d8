"""Tables of results, and the markers in documents that they are written between."""

from pathlib import Path

import pytest

from benchmarks.quantities import milliseconds, spread, times
from benchmarks.report import between_markers, front_table, report
from benchmarks.results import (
    FORMAT,
    InProcess,
    Load,
    Machine,
    Options,
    PeerFacts,
    Results,
    Round,
    Series,
    read,
    write,
)


def load(connections: int, requests: int, p50: float, target: str = "model") -> Load:
    return Load(
        target=target,
        connections=connections,
        requests=requests,
        seconds=2.0,
        p50=p50,
        p99=p50 * 3,
        longest=p50 * 9,
        bad_status=0,
        lost=0,
        cpu_seconds=1.0,
    )


def one_round(*loads: Load, wrong: int = 0) -> Round:
    return Round(
        start_seconds=1.5,
        compared=200,
        checked=1000,
        wrong=wrong,
        processes=3,
        pss_bytes=100 * 2**20,
        loads=loads,
    )


def facts(name: str, title: str, problem: str | None = None) -> PeerFacts:
    if problem is not None:
        return PeerFacts(
            name=name, title=title, command="", workers=0, versions={}, problem=problem
        )
    return PeerFacts(
        name=name, title=title, command=f"{name} run", workers=2, versions={name: "1.0"}
    )


def results() -> Results:
    golive = Series(
        peer="golive",
        model="logistic",
        threads="one",
        note="the compiled program answers: It is faster.",
        rounds=(
            one_round(load(1, 8000, 120), load(64, 80000, 700), load(64, 100000, 500, "no-op")),
            one_round(load(1, 8000, 140), load(64, 84000, 800), load(64, 110000, 500, "no-op")),
            one_round(load(1, 8000, 160), load(64, 90000, 900), load(64, 120000, 500, "no-op")),
        ),
    )
    fastapi = Series(
        peer="fastapi",
        model="logistic",
        threads="one",
        rounds=(one_round(load(1, 900, 2000), load(64, 2000, 60000), wrong=1),),
    )
    many = Series(
        peer="fastapi", model="logistic", threads="default", rounds=(one_round(load(64, 40, 9)),)
    )
    flask = Series(peer="flask", model="logistic", threads="one", problem="it ended: <no> `port`")
    return Results(
        format=FORMAT,
        started_at="2030-01-02T03:04:05+00:00",
        seconds=120.0,
        golive="1.2.3",
        machine=Machine(
            processor="A processor",
            cores=2,
            memory_bytes=4 * 2**30,
            kernel="Linux 6",
            python="3.11.7",
            load_tool="wrk 4.1.0",
            load_before=0.1,
            variables={},
        ),
        options=Options(rounds=3, seconds=2, connections=(1, 64), minutes=45),
        titles={"logistic": "Logistic regression"},
        peers=(
            facts("golive", "golive serve"),
            facts("fastapi", "FastAPI"),
            facts("flask", "Flask"),
            facts("ray", "Ray Serve", "cannot be installed here: no wheel"),
        ),
        series=(golive, fastapi, many, flask),
        in_process=(InProcess(model="logistic", rates=(9000.0, 10000.0, 11000.0)),),
    )


REPORT = """\
Measured on 2030-01-02 with golive 1.2.3: A processor, 2 cores, 4,096 MiB, Linux 6, Python 3.11.7, \
wrk 4.1.0. 3 rounds, runs of 2 s, 2 minutes in all. The load average of the minute before was 0.1. \
Each round by itself: [serving.json](../benchmarks/results/serving.json).

![Requests a second of each model](images/benchmark-rates.svg)

### Logistic regression

| 64 connections | req/s (least–most) | × FastAPI | p50 | p99 | p50, 1 connection | CPU a request \
| memory | start | errors |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| golive serve | 42,000 (40,000–45,000) | 42× | 0.80 ms | 2.40 ms | 0.14 ms | 12 µs | 100 MiB \
| 1.50 s | 0 |
| FastAPI | 1,000 | 1× | 60 ms | 180 ms | 2.00 ms | 500 µs | 100 MiB | 1.50 s | 1 |

The model alone, called with one row: 10,000 (9,000–11,000) calls/s.\x20\x20
golive serve, the compiled program answers: It is faster.\x20\x20
golive serve, a request that asks no model: 55,000 req/s; this model reaches 76% of it.

### Over the connections

Requests a second, and the latency that 99 of 100 do not exceed.

| Logistic regression | 1 connection | 64 connections |
| --- | ---: | ---: |
| golive serve | 4,000, 0.42 ms | 42,000, 2.40 ms |
| FastAPI | 450, 6.00 ms | 1,000, 180 ms |

![Start and memory](images/benchmark-start.svg)

### With the libraries' own threads

Requests a second without `OMP_NUM_THREADS=1`: as many threads as the libraries choose. In \
brackets, what it was with one.

| 64 connections | Logistic regression |
| --- | ---: |
| FastAPI | 20 (1,000) |

### What was run

|  | command | versions |
| --- | --- | --- |
| golive serve | `golive run` | golive 1.0 |
| FastAPI | `fastapi run` | fastapi 1.0 |
| Flask | `flask run` | flask 1.0 |
| Ray Serve | – | – |

What could not be measured, and why:

- Ray Serve: cannot be installed here: no wheel
- Flask, Logistic regression: it ended: ‹no> 'port'"""


def test_the_report_has_medians_ratios_limits_and_what_failed() -> None:
    assert report(results()) == REPORT


def test_the_front_table_compares_those_that_were_measured() -> None:
    assert (
        front_table(results())
        == """\
| requests a second | FastAPI | golive serve | against FastAPI |
| --- | ---: | ---: | ---: |
| Logistic regression | 1,000 | 42,000 | 42× |
| Start to the first answer | 1.50 s | 1.50 s | – |
| Memory of all processes | 100 MiB | 100 MiB | – |

64 connections, 2 cores, A processor, 2030-01-02; [all of it](docs/benchmarks.md), and how to \
run it."""
    )


def test_results_are_the_same_after_they_were_written_and_read(tmp_path: Path) -> None:
    write(results(), tmp_path / "new" / "results.json")

    assert read(tmp_path / "new" / "results.json") == results()


def test_content_is_replaced_between_its_markers_and_nowhere_else() -> None:
    document = "# A\n<!-- results -->\nold\n<!-- /results -->\nend\n"

    once = between_markers(document, "results", "new")

    assert once == "# A\n<!-- results -->\n\nnew\n\n<!-- /results -->\nend\n"
    assert between_markers(once, "results", "new") == once


def test_a_document_without_its_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="the document has no <!-- results -->"):
        between_markers("<!-- results -->\nnothing ends here\n", "results", "new")


def test_quantities_have_the_digits_that_a_reader_needs() -> None:
    assert spread([]) == "–"
    assert spread([1234.5]) == "1,234"
    assert spread([3, 1, 2]) == "2 (1–3)"
    assert milliseconds(123) == "0.12 ms"
    assert milliseconds(12_345) == "12 ms"
    assert times(50, 4) == "12×"
    assert times(6, 4) == "1.5×"
    assert times(6, None) == "–"
    assert times(None, 4) == "–"
