"""What a process notes of a candidate is there when the process is no more."""

import gc
import os
import resource
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from golive.http.stepback.running import Running, RunningNote, take_running

ABOUT = Running(slot="sum.candidate", candidate="sum@2", version="v2")


def test_what_is_running_when_a_process_is_killed_is_found(tmp_path):
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from golive.http.stepback.running import Running, RunningNote\n"
        "about = Running(slot='sum.candidate', candidate='sum@2', version='v2')\n"
        "with RunningNote(Path(sys.argv[1]), about):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)])
    process.wait()

    assert take_running(tmp_path, process.pid) == ABOUT
    assert take_running(tmp_path, process.pid) is None
    assert list(tmp_path.iterdir()) == []


def test_what_has_ended_is_not_running(tmp_path):
    note = RunningNote(tmp_path, ABOUT)
    with note, note:
        pass

    assert take_running(tmp_path, os.getpid()) is None


def test_of_two_calls_one_still_runs_when_the_other_has_ended(tmp_path):
    note = RunningNote(tmp_path, ABOUT)
    with note:
        with note:
            pass
        assert take_running(tmp_path, os.getpid()) == ABOUT


def test_each_version_has_a_note_of_its_own(tmp_path):
    later = Running(slot="sum.candidate", candidate="sum@3", version="v3")
    earlier = RunningNote(tmp_path, ABOUT)
    with RunningNote(tmp_path, later):
        assert take_running(tmp_path, os.getpid()) == later
    with earlier:
        pass


def test_notes_of_other_processes_are_left_alone(tmp_path):
    with RunningNote(tmp_path, ABOUT):
        assert take_running(tmp_path, os.getpid() + 1) is None
        assert take_running(tmp_path, os.getpid()) == ABOUT


@contextmanager
def no_room():
    """No file of this process can be written to: neither can pytest's own report."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_where_there_is_no_room_for_a_note_nothing_is_left_of_it(tmp_path):
    with no_room(), pytest.raises(OSError, match="too large"):
        RunningNote(tmp_path, ABOUT)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"\1\0\0"])
def test_a_note_that_was_only_begun_says_nothing(tmp_path, content):
    (tmp_path / f"{os.getpid()}-0.running").write_bytes(content)

    assert take_running(tmp_path, os.getpid()) is None


def test_the_notes_of_versions_that_are_gone_are_gone_too(tmp_path):
    for _ in range(3):
        with RunningNote(tmp_path, ABOUT):
            assert len(list(tmp_path.iterdir())) == 1
        gc.collect()

    assert list(tmp_path.iterdir()) == []


def test_it_knows_its_model():
    assert ABOUT.model == "sum"
