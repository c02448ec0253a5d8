from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from golive.backends.environments import (
    EnvironmentNotMadeError,
    environment_key,
    make_environment,
    own_requirements,
)


class Installer:
    """Runs nothing; makes what `venv` would make, and says what it was told to say."""

    def __init__(self, *, output="", code=0):
        self.commands = []
        self.listed = ""
        self._output = output
        self._code = code

    def __call__(self, command):
        self.commands.append(list(command))
        if "venv" in command:
            python = Path(command[-1]) / "bin" / "python"
            python.parent.mkdir(parents=True)
            python.touch()
            return subprocess.CompletedProcess(command, 0, "")
        self.listed = Path(command[-1]).read_text()
        return subprocess.CompletedProcess(command, self._code, self._output)


def make(cache, installer, *requirements, told=None):
    return make_environment(
        requirements,
        models=("games", "chess"),
        cache=cache,
        tell=[].append if told is None else told.append,
        run=installer,
    )


def test_the_key_is_the_same_for_the_same_packages_and_python():
    key = environment_key(["A==1", "b==2"], (3, 11))

    assert environment_key(["b==2", "a==1", "b==2"], (3, 11)) == key
    assert environment_key(["b==2", "a==1"], (3, 12)) != key
    assert environment_key(["b==2", "a==2"], (3, 11)) != key


def test_an_environment_is_made_once_and_told_of(tmp_path):
    installer, told = Installer(), []

    first = make(tmp_path, installer, "numpy==1.26.4", told=told)
    second = make(tmp_path, installer, "numpy==1.26.4")

    assert first == second
    assert first.is_relative_to(tmp_path / "environments")
    assert first.exists()
    assert len(installer.commands) == 2
    assert installer.listed.splitlines() == sorted(["numpy==1.26.4", *own_requirements()])
    assert "Installing 2 packages for games, chess, once" in told[0]
    assert [path.name for path in (tmp_path / "environments").iterdir()] == [first.parts[-3]]


def test_packages_that_cannot_be_installed_leave_nothing_and_say_what_to_do(tmp_path):
    installer = Installer(output="one\n" * 9 + "No matching distribution for x==9\n", code=1)

    with pytest.raises(EnvironmentNotMadeError) as caught:
        make(tmp_path, installer, "x==9")

    assert caught.value.code == "environment_not_made"
    assert caught.value.message.startswith("The packages of games, chess (")
    assert caught.value.message.endswith("one\nNo matching distribution for x==9")
    assert "--python games=/path/to/python" in caught.value.hint
    assert list((tmp_path / "environments").iterdir()) == []


def test_a_directory_that_cannot_be_made_says_what_to_do(tmp_path):
    (tmp_path / "environments").write_text("a file")

    with pytest.raises(EnvironmentNotMadeError) as caught:
        make(tmp_path, Installer())

    assert "GOLIVE_CACHE_DIR" in caught.value.hint


def test_what_another_process_made_meanwhile_is_taken(tmp_path):
    installer = Installer()

    def run(command):
        done = installer(command)
        if "venv" not in command and len(installer.commands) == 2:
            make(tmp_path, installer, "numpy==1.26.4")
        return done

    found = make_environment(
        ["numpy==1.26.4"], models=("games",), cache=tmp_path, tell=[].append, run=run
    )

    assert found.exists()
    assert len(installer.commands) == 4
