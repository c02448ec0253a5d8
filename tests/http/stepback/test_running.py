"""What a process notes of a candidate is there when the process is no more."""

import os
import subprocess
import sys

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
    RunningNote(tmp_path, ABOUT)
    with RunningNote(tmp_path, later):
        assert take_running(tmp_path, os.getpid()) == later


def test_notes_of_other_processes_are_left_alone(tmp_path):
    with RunningNote(tmp_path, ABOUT):
        assert take_running(tmp_path, os.getpid() + 1) is None
        assert take_running(tmp_path, os.getpid()) == ABOUT


def test_it_knows_its_model():
    assert ABOUT.model == "sum"
