"""The requirements of an MLflow model, taken over beside those that were proven."""

from __future__ import annotations

import platform
import re
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from golive.packing.mlflow_directory import MlflowDirectory

__all__ = ["take_over"]

_PIN = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*==\s*(?P<version>[^\s;]+)\s*$")


def take_over(
    directory: MlflowDirectory | None, proven: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The requirements of the bundle, and notes.

    What the clean process imported stays as it was proven, in the versions that are installed
    here. A pyfunc may import more when it is called, so the directory's other pins are added; a
    native model has answered without them.

    Args:
        directory: The model as MLflow saved it; None for any other.
        proven: `name==version` of each distribution that the clean process imported.
    """
    if directory is None:
        return tuple(proven), ()
    known = dict(_pinned(line) for line in proven)
    others = [line for line in directory.requirements if _name_of(line) not in known]
    added = [_as_installed(line) for line in others] if directory.kind == "pyfunc" else []
    used = known | dict(_pinned(line) for line in added)
    notes = [*_version_notes(directory, used), *_python_notes(directory)]
    return tuple(sorted({*proven, *added}, key=str.lower)), tuple(notes)


def _pinned(line: str) -> tuple[str, str]:
    """Name and version; the label of a local build (`2.13.0+cpu`) is no other version."""
    name, _, found = line.partition("==")
    return _normal(name), found.partition("+")[0]


def _version_notes(directory: MlflowDirectory, used: dict[str, str]) -> list[str]:
    pins = [pin for line in directory.requirements if (pin := _PIN.match(line))]
    changed = [
        f"{pin['name']} {used[_normal(pin['name'])]} instead of {pin['version']}"
        for pin in pins
        if used.get(_normal(pin["name"]), pin["version"]) != pin["version"]
    ]
    if not changed:
        return []
    note = (
        f"Packed with {', '.join(changed)}, which MLflow wrote down when the model was saved: "
        "the answers are those of the versions here."
    )
    return [note]


def _python_notes(directory: MlflowDirectory) -> list[str]:
    saved, here = directory.python_version, platform.python_version()
    if saved is None or saved.split(".")[:2] == here.split(".")[:2]:
        return []
    return [f"The model was saved with Python {saved} and packed with {here}."]


def _as_installed(line: str) -> str:
    """The line with the version that is installed here, if the package is."""
    pin = _PIN.match(line)
    try:
        return line if pin is None else f"{pin['name']}=={version(pin['name'])}"
    except PackageNotFoundError:
        return line


def _name_of(line: str) -> str:
    return _normal(re.split(r"[\s=<>!~;\[@]", line.strip(), maxsplit=1)[0])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
