"""The user's own modules that a model needs: find them and copy them into a bundle's `code/`."""

from __future__ import annotations

import shutil
import site
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path

from golive.errors import PackError, UsageError

__all__ = ["CODE", "add_code", "add_module", "is_local", "missing_module"]

CODE = "code"
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".git", ".ipynb_checkpoints", ".venv")


def is_local(path: Path) -> bool:
    """Whether a source file is the user's own: neither the standard library nor installed."""
    resolved = path.resolve()
    return not any(resolved.is_relative_to(folder) for folder in _installed_folders())


def add_code(staging: Path, paths: Iterable[Path]) -> None:
    """Copy files and packages that the user named into the staging directory's `code/`.

    Raises:
        UsageError: One of them does not exist.
    """
    for path in paths:
        if not path.exists():
            raise UsageError(f"There is no file or folder {path} to pack with the model.")
        _copy(path, staging / CODE / path.resolve().name)


def add_module(staging: Path, name: str, folders: Sequence[Path]) -> bool:
    """Copy the user's module `name` into `code/`, if it can be found and is not there yet.

    Args:
        staging: The directory laid out as the bundle will be.
        name: The module's dotted name; its top-level module or package is copied.
        folders: Where to look before the modules already imported.

    Returns:
        Whether something was added.

    Raises:
        PackError: The module is there already, so adding it again would not help.
    """
    top = name.partition(".")[0]
    found = _find(top, folders)
    if found is None:
        return False
    destination = staging / CODE / found.name
    if destination.exists():
        raise PackError(
            f"The module {name!r} was packed from {found} but cannot be imported from the bundle.",
            hint="a package needs its __init__.py; a function of the script itself must import it "
            "at the top of the script, not in its body",
        )
    _copy(found, destination)
    return True


def missing_module(error: BaseException | None) -> str | None:
    """The module whose absence caused an error, if that is what caused it."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError):
            return error.name
        error = error.__cause__ or error.__context__
    return None


def _find(top: str, folders: Sequence[Path]) -> Path | None:
    candidates = [folder / each for folder in folders for each in (f"{top}.py", top)]
    imported = getattr(sys.modules.get(top), "__file__", None)
    if imported is not None:
        file = Path(imported)
        candidates.append(file.parent if file.name == "__init__.py" else file)
    return next((c for c in candidates if _is_module(c) and is_local(c)), None)


def _is_module(path: Path) -> bool:
    return path.is_file() or (path / "__init__.py").is_file()


def _copy(source: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, destination, ignore=_LEFT_OUT, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, destination)


def _installed_folders() -> list[Path]:
    paths = sysconfig.get_paths()
    named = [paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")]
    return [
        Path(p).resolve() for p in (*named, *site.getsitepackages(), site.getusersitepackages())
    ]
