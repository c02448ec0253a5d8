"""`make faults`: run the scenarios and print what became of every request."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from faults.bundles import make_bundles
from faults.candidates import (
    crashing_candidate,
    crashing_shadow,
    shadow_holding_interpreter,
)
from faults.crashing_backend import crashing_backend
from faults.damage import damaged_registry
from faults.leaking import leaking_model
from faults.scenarios import (
    Found,
    Scenario,
    Setting,
    abusive_clients,
    crashing_model,
    ended_under_load,
    failing_models,
    good_load,
    hanging_model,
    killed_workers,
    killed_workers_and_retries,
)
from faults.swaps import (
    contended_swaps,
    damaged_versions,
    swaps,
    swaps_beside_a_canary,
    swaps_beside_a_shadow,
)

SCENARIOS: dict[str, Scenario] = {
    scenario.__name__: scenario
    for scenario in (
        good_load,
        killed_workers,
        killed_workers_and_retries,
        failing_models,
        hanging_model,
        crashing_model,
        crashing_backend,
        crashing_candidate,
        crashing_shadow,
        shadow_holding_interpreter,
        leaking_model,
        abusive_clients,
        ended_under_load,
        damaged_registry,
        swaps,
        swaps_beside_a_canary,
        swaps_beside_a_shadow,
        contended_swaps,
        damaged_versions,
    )
}
CLEAN, FAULTY, NOTHING_RAN = 0, 1, 3


def main() -> int:
    """Do what the command line says; 1 if anything was found, 3 if nothing ran."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--only", default="", help="a regular expression of scenarios")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each scenario; 20")
    parser.add_argument("--swaps", type=int, default=200, help="of versions, where that is it; 200")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of what is random")
    parser.add_argument("--list", action="store_true", help="only name the scenarios")
    options = parser.parse_args()
    chosen = {name: run for name, run in SCENARIOS.items() if re.search(options.only, name)}
    if options.list or not chosen:
        for name, run in SCENARIOS.items():
            _say(f"{name}: {(run.__doc__ or '').splitlines()[0]}")
        return CLEAN if options.list else NOTHING_RAN
    _say(f"seed {options.seed}")
    results: dict[str, Found] = {}
    with tempfile.TemporaryDirectory(prefix="golive-faults-") as directory:
        folder = Path(directory)
        bundles = make_bundles(folder)
        for name, run in chosen.items():
            _say(f"{name}: {(run.__doc__ or '').splitlines()[0]}")
            setting = Setting(
                bundles=bundles,
                folder=folder,
                seconds=options.seconds,
                seed=options.seed,
                swaps=options.swaps,
            )
            results[name] = found = Found()
            asyncio.run(run(setting, found))
            _tell(found)
    _say(_report(results))
    if not any(found.ledger.sent or found.notes for found in results.values()):
        return NOTHING_RAN
    return CLEAN if all(found.is_clean for found in results.values()) else FAULTY


def _tell(found: Found) -> None:
    ledger = found.ledger
    _say(
        f"  sent {ledger.sent:,}: answered {ledger.answered:,}, "
        f"refused {_counted(ledger.refused)}, cut {_counted(ledger.cut)}, "
        f"lost {ledger.lost}, wrong {ledger.wrong}, "
        f"twice {ledger.twice}"
    )
    for text in [*found.notes, *(f"FAULT: {text}" for text in [*found.faults, *ledger.details])]:
        _say(f"  {text}")


def _counted(counts: Counter[str]) -> str:
    parts = ", ".join(f"{number:,} × {name}" for name, number in sorted(counts.items()))
    return f"{counts.total():,} ({parts})" if parts else "0"


def _report(results: dict[str, Found]) -> str:
    ledgers = [found.ledger for found in results.values()]
    sums = {
        "sent": sum(each.sent for each in ledgers),
        "answered": sum(each.answered for each in ledgers),
        "refused": sum(each.refused.total() for each in ledgers),
        "cut": sum(each.cut.total() for each in ledgers),
        "lost": sum(each.lost for each in ledgers),
        "wrong": sum(each.wrong for each in ledgers),
        "twice": sum(each.twice for each in ledgers),
    }
    faulty = [name for name, found in results.items() if not found.is_clean]
    verdict = f"found something: {', '.join(faulty)}" if faulty else "clean"
    return (
        f"{len(results)} scenarios, {', '.join(f'{k} {v:,}' for k, v in sums.items())}: {verdict}"
    )


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
