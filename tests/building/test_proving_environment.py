import subprocess
from pathlib import Path

import pytest

from golive.building.errors import BuildError
from golive.building.proving_environment import CLIENT, make_proving_environment


class Maker:
    """Makes an environment of one empty file; takes the commands down."""

    def __init__(self, returncode=0):
        self.commands = []
        self._returncode = returncode

    def __call__(self, command):
        self.commands.append(list(command))
        if "venv" in command:
            python = Path(command[-1]) / "bin" / "python"
            python.parent.mkdir(parents=True)
            python.write_text("")
        return subprocess.CompletedProcess(command, self._returncode, stdout="no index\n")


def made(cache, run, told=None):
    return make_proving_environment(
        Path("/usr/bin/python3.13"),
        "3.13",
        cache=cache,
        tell=(told if told is not None else []).append,
        run=run,
    )


def test_awss_client_is_installed_for_the_interpreter_once(tmp_path):
    run, told = Maker(), []

    first = made(tmp_path, run, told)
    second = made(tmp_path, run, told)

    assert first == second == tmp_path / "lambda" / "python3.13" / "bin" / "python"
    assert first.exists()
    assert len(run.commands) == 2
    assert "/usr/bin/python3.13" in run.commands[0]
    assert run.commands[1][-1] == CLIENT
    assert len(told) == 1


def test_where_it_cannot_be_installed_nothing_stays(tmp_path):
    with pytest.raises(BuildError, match="no index") as caught:
        made(tmp_path, Maker(returncode=1))

    assert "--unproven" in caught.value.hint
    assert not (tmp_path / "lambda" / "python3.13").exists()
