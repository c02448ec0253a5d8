"""`make fuzz`: try what reads the bytes of strangers, and print what was found."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from fuzzing.routes import fuzz_routes
from fuzzing.seeds import ROOT
from fuzzing.targets import NAMES, find

__all__ = ["Report", "main", "verdict_of"]

CLEAN, FOUND, NOTHING_RAN = 0, 1, 3
_ROUTES = "routes"
_GRACE_SECONDS = 120
_MADE = {"program": "fuzzing.compiled_models"}
"""Targets to the modules that write further seeds of theirs into a folder, once."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a target: how many inputs were tried, and what was found."""

    runs: int
    found: tuple[str, ...]


def main() -> int:
    """Do what the command line says; 1 if anything was found, 3 if nothing ran."""
    options = _options()
    chosen = [name for name in (*NAMES, _ROUTES) if re.fullmatch(options.target, name)]
    if options.list or not chosen:
        for name in NAMES:
            _say(f"{name}: {find(name).about}")
        _say(f"{_ROUTES}: every route of real servers, with and without keys (Schemathesis)")
        return CLEAN if options.list else NOTHING_RAN
    if options.replay is not None:
        find(chosen[0]).check(options.replay.read_bytes())
        _say(f"{chosen[0]}: all holds for {options.replay}")
        return CLEAN
    guided = not options.plain and find_spec("atheris") is not None
    _say(f"seed {options.seed}; {'Atheris' if guided else 'mutations of the seeds, unguided'}")
    reports = {name: _tried(name, options) for name in chosen}
    return verdict_of(reports)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--target", default=".*", help="a regular expression of names")
    parser.add_argument("--seconds", type=int, default=60, help="of each target; 60")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of what is random")
    parser.add_argument("--plain", action="store_true", help="without Atheris")
    parser.add_argument("--replay", type=Path, help="only try this input of the target")
    parser.add_argument("--folder", type=Path, default=ROOT / ".fuzz", help="of inputs and finds")
    parser.add_argument("--list", action="store_true", help="only name the targets")
    return parser.parse_args()


def _tried(name: str, options: argparse.Namespace) -> Report:
    tries: Callable[[], Report] = partial(_campaign, name, options)
    if name == _ROUTES:
        tries = partial(_routes, options)
    begun = time.monotonic()
    report = tries()
    _say(
        f"{name}: {report.runs:,} inputs in {time.monotonic() - begun:.0f} s, "
        f"{len(report.found)} found"
    )
    for text in report.found:
        _say(f"  {text}")
    return report


def _campaign(name: str, options: argparse.Namespace) -> Report:
    folder: Path = options.folder / name
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("found/*"), *folder.glob("crash-*")):
        old.unlink()
    _make_seeds(name, folder)
    command = [sys.executable, "-m", "fuzzing.campaign", name, str(folder)]
    command += [str(options.seconds), str(options.seed), *(["--plain"] if options.plain else [])]
    log = folder / "log"
    with log.open("wb") as sink:
        code = _ended(command, sink, options.seconds + _GRACE_SECONDS)
    text = log.read_text("utf-8", "replace")
    runs = re.findall(r"^Done (\d+) runs", text, re.MULTILINE)
    found = [_last_line(path) for path in sorted(folder.glob("found/*.txt"))]
    if code:
        found.append(f"the process ended with {code}; see {log}")
    found += [f"it was ended by {path}" for path in sorted(folder.glob("crash-*"))]
    return Report(int(runs[-1]) if runs else 0, tuple(found))


def _make_seeds(name: str, folder: Path) -> None:
    """Have further seeds of a target made, once and all of them."""
    part, whole = folder / "part", folder / "made"
    if name in _MADE and not whole.exists():
        shutil.rmtree(part, ignore_errors=True)
        subprocess.run([sys.executable, "-m", _MADE[name], str(part)], cwd=ROOT, check=True)
        part.rename(whole)


def _ended(command: list[str], sink: object, seconds: float) -> int | str:
    try:
        return subprocess.run(
            command, cwd=ROOT, stdout=sink, stderr=sink, timeout=seconds, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        return "nothing: it did not end"


def _last_line(path: Path) -> str:
    lines = path.read_text("utf-8", "replace").strip().splitlines()
    return f"{lines[-1][:300]}  ({path.with_suffix('.input')})"


def _routes(options: argparse.Namespace) -> Report:
    runs, found = fuzz_routes(
        options.folder / _ROUTES, seconds=options.seconds, seed=options.seed, root=ROOT
    )
    return Report(runs, tuple(found))


def verdict_of(reports: dict[str, Report]) -> int:
    """Print what came of all targets; the exit code."""
    runs = sum(report.runs for report in reports.values())
    found = {name: report.found for name, report in reports.items() if report.found}
    idle = [name for name, report in reports.items() if not report.runs]
    verdict = f"found something: {', '.join(found)}" if found else "clean"
    _say(f"{len(reports)} targets, {runs:,} inputs: {verdict}")
    if idle:
        _say(f"nothing was tried of: {', '.join(idle)}")
    if found:
        return FOUND
    return NOTHING_RAN if idle else CLEAN


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
