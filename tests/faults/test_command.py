"""`make faults` runs, counts, and says with its exit code what came of it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "faults", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=580,
    )


def test_nothing_ran_is_no_success():
    assert run("--only", "no such scenario").returncode == 3


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is read from /proc")
def test_a_short_run_is_clean():
    scenarios = "^killed_workers$|damaged_registry|^ended|leaking"
    done = run("--only", scenarios, "--seconds", "6", "--seed", "1")

    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.splitlines()[-1]
    assert re.search(r"4 scenarios, sent [\d,]+, .* lost 0, wrong 0, twice 0: clean$", last)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is read from /proc")
def test_ten_swaps_of_versions_are_clean_in_every_scenario():
    done = run("--only", "swaps|damaged_versions", "--swaps", "10", "--seed", "1")

    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.splitlines()[-1]
    assert re.search(r"5 scenarios, sent [\d,]+, .* lost 0, wrong 0, twice 0: clean$", last)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is read from /proc")
def test_candidates_that_crash_or_hold_the_interpreter_are_harmless():
    done = run("--only", "^crashing_(candidate|shadow)$|^shadow_", "--seconds", "6", "--seed", "1")

    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.splitlines()[-1]
    assert re.search(r"3 scenarios, sent [\d,]+, .* lost 0, wrong 0, twice 0: clean$", last)
