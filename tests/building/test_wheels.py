import subprocess
from pathlib import Path

import pytest

from golive.building.errors import NoWheelsError
from golive.building.platforms import Platform
from golive.building.wheels import for_servers, install_wheels

PLATFORM = Platform(python=(3, 13), architecture="arm64", glibc=34)


class Installer:
    """Takes commands down instead of running them."""

    def __init__(self, returncode=0, output=""):
        self.commands = []
        self._returncode = returncode
        self._output = output

    def __call__(self, command):
        self.commands.append(list(command))
        return subprocess.CompletedProcess(command, self._returncode, stdout=self._output)


def test_builds_for_servers_take_the_place_of_those_for_gpus():
    wanted = for_servers(["numpy==2.4.6", "xgboost==3.1.1", "xgboost-cpu==3.1.1"])

    assert wanted == ("numpy==2.4.6", "xgboost-cpu==3.1.1", "xgboost-cpu==3.1.1")


def test_pip_is_asked_for_wheels_of_the_platform_and_for_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))  # no uv there
    run = Installer()

    install_wheels(["numpy==2.4.6"], PLATFORM, tmp_path / "site", run=run)

    [command] = run.commands
    options = " ".join(command)
    assert command[1:3] == ["-m", "pip"]
    assert "--no-deps --only-binary :all:" in options
    assert f"--target {tmp_path / 'site'}" in options
    assert "--implementation cp --python-version 3.13" in options
    assert "--platform manylinux_2_34_aarch64" in options
    assert "x86_64" not in options
    assert command[-1] == "numpy==2.4.6"


def test_uv_is_asked_where_it_is_installed(tmp_path, monkeypatch):
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\n")
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    run = Installer()

    install_wheels(["numpy==2.4.6"], PLATFORM, tmp_path / "site", run=run)

    [command] = run.commands
    options = " ".join(command)
    assert Path(command[0]) == uv
    assert "--link-mode copy" in options  # else trimming would trim uv's cache
    assert "--python-platform aarch64-manylinux_2_34 --python-version 3.13" in options
    assert "--no-deps --only-binary :all:" in options


def test_nothing_is_asked_for_where_nothing_is_needed(tmp_path):
    run = Installer()

    install_wheels([], PLATFORM, tmp_path / "site", run=run)

    assert run.commands == []


def test_a_package_without_a_wheel_is_named_with_what_the_installer_said(tmp_path):
    run = Installer(1, "ERROR: No matching distribution found for numpy==1.26.4\n")

    with pytest.raises(NoWheelsError, match=r"Python 3\.13 on aarch64, glibc 2\.34") as caught:
        install_wheels(["numpy==1.26.4"], PLATFORM, tmp_path / "site", run=run)

    assert "No matching distribution found for numpy==1.26.4" in caught.value.message
    assert "--python" in caught.value.hint
