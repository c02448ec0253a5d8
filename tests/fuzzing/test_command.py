"""`make fuzz` says with its exit code what came of it."""

import subprocess
import sys
from pathlib import Path

from fuzzing.__main__ import Report, verdict_of

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "fuzzing", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def test_nothing_ran_is_no_success():
    assert run("--target", "nothing is called so").returncode == 3


def test_a_target_is_tried_for_a_bounded_time(tmp_path):
    arguments = ("--plain", "--seconds", "1", "--seed", "1", "--folder", str(tmp_path))

    done = run("--target", "events|keys", *arguments)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("2 targets, ")
    assert done.stdout.splitlines()[-1].endswith(" inputs: clean")


def test_an_input_can_be_tried_again(tmp_path):
    (tmp_path / "input").write_bytes(b"{}")

    done = run("--target", "json", "--replay", str(tmp_path / "input"))

    assert (done.returncode, done.stderr) == (0, "")


def test_what_was_found_and_what_was_not_tried_are_no_success(capsys):
    assert verdict_of({"a": Report(5, ())}) == 0
    assert verdict_of({"a": Report(5, ("KeyError: 'x'",)), "b": Report(0, ())}) == 1
    assert verdict_of({"a": Report(5, ()), "b": Report(0, ())}) == 3
    assert "found something: a" in capsys.readouterr().out
