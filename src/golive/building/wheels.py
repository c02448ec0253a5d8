"""Wheels: the exact packages of a model, as they are for another platform.

Nothing of them is run, and nothing is resolved: each has one version, and what it would like to
have beside it counts only if the model imported it when it was packed.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from golive.building.errors import NoWheelsError
from golive.building.platforms import Platform
from golive.commands import Run, last_lines, run_command

__all__ = ["for_servers", "install_wheels"]

_INSTEAD = {"xgboost": "xgboost-cpu"}
"""Distributions for servers without a GPU: the same modules and versions, some 200 MB less."""

_PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?P<rest>.*)", re.DOTALL)


def for_servers(requirements: Iterable[str]) -> tuple[str, ...]:
    """The requirements, with builds for GPUs replaced by those without.

    Examples:
        >>> for_servers(["xgboost==3.1.1", "numpy==2.4.6"])
        ('xgboost-cpu==3.1.1', 'numpy==2.4.6')
    """
    return tuple(_PIN.sub(_instead, requirement, count=1) for requirement in requirements)


def _instead(match: re.Match[str]) -> str:
    name = match["name"]
    return _INSTEAD.get(name.lower(), name) + match["rest"]


def install_wheels(
    requirements: Sequence[str], platform: Platform, target: Path, *, run: Run | None = None
) -> None:
    """Install exactly these wheels into a directory, without running anything of them.

    It is done by uv, where that is installed, else by the pip beside this golive; either asks the
    package index that its own settings say.

    Args:
        requirements: Such as `numpy==2.4.6`.
        platform: What they are for.
        target: The directory, which is made.
        run: Runs a command and gives what it printed, standard error with it.

    Raises:
        NoWheelsError: One has no wheel for the platform, or the index does not answer.
    """
    if not requirements:
        return
    target.mkdir(parents=True, exist_ok=True)
    done = (run or run_command)(_command(requirements, platform, target))
    if done.returncode != 0:
        raise NoWheelsError(
            f"The packages ({', '.join(requirements)}) cannot be had as wheels for Python "
            f"{platform.version} on {platform.machine}, glibc 2.{platform.glibc}:\n"
            + last_lines(done.stdout),
            hint="Choose another with --python or --arch, or pack the model again with versions "
            "that have wheels. An index that did not answer may do so later.",
        )


def _command(requirements: Sequence[str], platform: Platform, target: Path) -> list[str]:
    wheels_only = ["--no-deps", "--only-binary", ":all:", "--target", str(target)]
    uv = shutil.which("uv")
    if uv is not None:
        wanted = f"{platform.machine}-manylinux_2_{platform.glibc}"
        for_platform = ["--python-platform", wanted, "--python-version", platform.version]
        # Links would let whatever changes the files here change uv's own cache.
        command = [uv, "pip", "install", "--link-mode", "copy", "--python", sys.executable]
        return [*command, *for_platform, *wheels_only, *requirements]
    tags = [word for tag in platform.wheel_tags for word in ("--platform", tag)]
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    quietly = ["install", "--quiet", "--no-compile", "--no-warn-conflicts"]
    for_python = ["--implementation", "cp", "--python-version", platform.version]
    return [*command, *quietly, *wheels_only, *for_python, *tags, *requirements]
