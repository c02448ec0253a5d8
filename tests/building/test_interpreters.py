import subprocess
import sys
from pathlib import Path

from golive.building.interpreters import find_interpreter

HERE = sys.version_info[:2]


def test_the_python_that_runs_golive_is_found_first():
    assert find_interpreter(HERE) == Path(sys.executable)


def test_a_python_on_the_path_is_found(tmp_path, monkeypatch):
    program = tmp_path / "python9.9"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    found = find_interpreter((9, 9), run=saying("9.9\n"))

    assert found == program


def test_one_of_pyenv_is_found(tmp_path, monkeypatch):
    home = tmp_path / "home"
    python = home / ".pyenv" / "versions" / "9.9.1" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_interpreter((9, 9), run=saying("9.9\n")) == python


def test_a_program_that_runs_another_version_does_not_count(tmp_path, monkeypatch):
    program = tmp_path / "python9.9"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_interpreter((9, 9), run=saying("3.11\n")) is None


def saying(text):
    return lambda command: subprocess.CompletedProcess(command, 0, stdout=text)
