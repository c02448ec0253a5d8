"""Serve the same models with golive and its peers, and measure them: `make bench`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.cases import TITLES
from benchmarks.environments import ROOT
from benchmarks.peers import CORE, PEERS
from benchmarks.progress import say
from benchmarks.publishing import publish
from benchmarks.results import Options, read, write
from benchmarks.running import Wanted, run
from benchmarks.servers import end_servers_when_told

__all__ = ["main"]

_RESULTS = ROOT / "benchmarks" / "results" / "serving.json"
_QUICK = ROOT / "build" / "bench" / "quick.json"


def main() -> int:
    """Do what the command line says; 1 if golive gave a wrong answer or failed."""
    arguments = _arguments()
    if arguments.report and not arguments.output.exists():
        say(f"nothing has been measured yet: there is no {arguments.output}")
        return 0
    if not arguments.report:
        end_servers_when_told()
        results = run(_wanted(arguments), lambda found: write(found, arguments.output))
        write(results, arguments.output)
        say(f"wrote {arguments.output}")
    results = read(arguments.output)
    if arguments.output == _RESULTS:
        publish(results, ROOT)
    ours = [each for each in results.series if each.peer.startswith("golive")]
    bad = [each for each in ours if each.problem or any(r.wrong for r in each.rounds)]
    for each in bad:
        say(f"FAILED: {each.peer}, {each.model}: {each.problem or 'wrong answers'}")
    return 1 if bad else 0


def _wanted(arguments: argparse.Namespace) -> Wanted:
    rounds, seconds, minutes = 3, 2, 45.0
    peers: tuple[str, ...] = tuple(PEERS)
    threads: tuple[str, ...] = ("logistic", "boosted")
    connections: tuple[int, ...] = (1, 16, 64, 256)
    if arguments.core:
        peers, minutes, connections, threads = CORE, 15.0, (1, 64), ("boosted",)
    if arguments.quick:
        rounds, seconds, minutes, threads = 1, 1, 5.0, ()
        peers, connections = ("golive", "fastapi"), (1, 64)
    models = arguments.models or tuple(TITLES)
    return Wanted(
        peers=arguments.peers or peers,
        models=models,
        options=Options(
            rounds=arguments.rounds or rounds,
            seconds=arguments.seconds or seconds,
            connections=connections,
            minutes=arguments.minutes or minutes,
        ),
        workers=arguments.workers,
        golive_workers=arguments.golive_workers,
        default_threads=tuple(name for name in threads if name in models),
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="golive and FastAPI, a minute or two")
    parser.add_argument("--core", action="store_true", help=f"only {', '.join(CORE)}")
    parser.add_argument("--peers", type=_names(PEERS), help="comma-separated names")
    parser.add_argument("--models", type=_names(TITLES), help="comma-separated names")
    parser.add_argument("--rounds", type=int, help="over all peers and models; 3")
    parser.add_argument("--seconds", type=int, help="of each run of the load tool; 2")
    parser.add_argument("--minutes", type=float, help="after which no round is begun; 45, core 15")
    parser.add_argument("--workers", type=int, default=2, help="processes of each peer; 2")
    parser.add_argument("--golive-workers", type=int, default=2, help="processes of golive; 2")
    parser.add_argument("--report", action="store_true", help="only write the documents again")
    parser.add_argument("--output", type=Path, help="the JSON file")
    arguments = parser.parse_args()
    if arguments.output is None:
        arguments.output = _QUICK if arguments.quick else _RESULTS
    return arguments


def _names(known: Iterable[str]) -> Callable[[str], tuple[str, ...]]:
    def parse(text: str) -> tuple[str, ...]:
        names = tuple(text.split(","))
        if unknown := [name for name in names if name not in known]:
            raise argparse.ArgumentTypeError(
                f"there is no {', '.join(unknown)}; there are {', '.join(known)}"
            )
        return names

    return parse


if __name__ == "__main__":
    sys.exit(main())
