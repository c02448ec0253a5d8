"""Estimators and modules from pickles of every kind: joblib, pickle, cloudpickle, skops, torch."""

from __future__ import annotations

import gzip
import pickle  # the bundle's hashes are verified before anything in it is loaded
import re
from pathlib import Path
from typing import IO, cast

from golive.bundle.manifest import ModelSpec
from golive.errors import GoliveError, ModelLoadError
from golive.optional import require
from golive.runtimes.codespace import CodeSpace, public_name

__all__ = ["load_failure", "unpickle", "untrusted_types"]

_GZIP_MAGIC = b"\x1f\x8b"
_JOBLIB_ARRAY = b"joblib.numpy_pickle"
_MISSING_ATTRIBUTE = (  # how pickle says it, and how skops does
    re.compile(r"Can't get attribute '(?P<name>[^']+)' on <module '(?P<module>[^']+)'"),
    re.compile(r"module '(?P<module>[^']+)' has no attribute '(?P<name>[^']+)'"),
)


def unpickle(path: Path, spec: ModelSpec, space: CodeSpace | None) -> object:
    """Load an estimator; unpickling runs code, so only from files that are trusted.

    Warnings, such as scikit-learn's about a pickle of another version, are passed on.

    Args:
        path: The file.
        spec: The loader, the trusted types and the stand-in for `__main__`.
        space: The bundle's own modules, or None if it has none.

    Raises:
        ModelLoadError: It cannot be loaded; names the class or module that is missing.
    """
    if space is None:
        return _read_or_explain(path, spec)
    if spec.main_module is not None:
        _import_stand_in(spec.main_module, space)
    with space.borrowed_names(main_module=spec.main_module):
        return _read_or_explain(path, spec)


def untrusted_types(path: Path) -> tuple[str, ...]:
    """The types in a skops file that skops does not trust by itself.

    Raises:
        ModelLoadError: It is no file of skops.
    """
    skops_io = require("skops.io", extra="skops")
    try:
        return tuple(skops_io.get_untrusted_types(file=path))
    except Exception as error:
        raise load_failure(error, path) from error


def _import_stand_in(name: str, space: CodeSpace) -> None:
    """Import the module that stands in for `__main__`; borrowing its names then only finds it."""
    try:
        with space.borrowed_names():
            space.module(name)
    except (Exception, SystemExit) as error:
        raise ModelLoadError(
            f"{name}.py, which stands in for __main__ while the model is loaded, cannot be"
            f" imported: {type(error).__name__}: {public_name(str(error))}",
            hint='Put what trains under if __name__ == "__main__":, or move the classes into a'
            " module of their own.",
        ) from error


def _read_or_explain(path: Path, spec: ModelSpec) -> object:
    try:
        return _read(path, spec)
    except GoliveError:
        raise
    except (Exception, SystemExit) as error:
        raise load_failure(error, path) from error


def _read(path: Path, spec: ModelSpec) -> object:
    match spec.loader:
        case "joblib":
            return _read_joblib(path)
        case "pickle":
            return _read_pickle(path)
        case "skops":
            return _read_skops(path, spec.trusted_types)
        case "torch-pickle":
            return _read_torch(path)
        case loader:
            raise ModelLoadError(f"The loader {loader!r} does not unpickle estimators.")


def _read_joblib(path: Path) -> object:
    import joblib

    found: object = joblib.load(path)
    return found


def _read_pickle(path: Path) -> object:
    """Read a plain pickle; `joblib.dump(model, "model.pkl")` is common, and is none."""
    with _opened(path) as file:
        if _JOBLIB_ARRAY in file.read():
            return _read_joblib(path)
        file.seek(0)
        return pickle.load(file)  # noqa: S301  # see the import


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        is_gzip = file.read(2) == _GZIP_MAGIC
    return cast("IO[bytes]", gzip.open(path)) if is_gzip else path.open("rb")


def _read_skops(path: Path, trusted: tuple[str, ...]) -> object:
    skops_io = require("skops.io", extra="skops")
    unknown = sorted(set(untrusted_types(path)) - set(trusted))
    if unknown:
        raise ModelLoadError(
            f"{path.name} holds types that were not trusted: {', '.join(unknown)}.",
            hint="If you trust them, pack again and name them as trusted types.",
        )
    return skops_io.load(path, trusted=list(trusted))


def _read_torch(path: Path) -> object:
    torch = require("torch", extra="pytorch")
    found: object = torch.load(path, map_location="cpu", weights_only=False)
    return found


def load_failure(error: BaseException, path: Path) -> ModelLoadError:
    """The error that names what is missing in `path` and the mend."""
    text = public_name(str(error))
    for pattern in _MISSING_ATTRIBUTE:
        if found := pattern.search(text):
            return _missing_attribute(found["name"], found["module"], path)
    if isinstance(error, ModuleNotFoundError) and error.name:
        return _missing_module(public_name(error.name), path)
    return ModelLoadError(
        f"{path.name} cannot be loaded: {type(error).__name__}: {text}",
        hint="Load it in the environment in which it was trained, and pack it there.",
    )


def _missing_attribute(name: str, module: str, path: Path) -> ModelLoadError:
    if module.rpartition(".")[2] == "__main__":  # `python -m golive` calls it golive.__main__
        return ModelLoadError(
            f"{path.name} needs __main__.{name}, which was defined in the script or notebook that"
            " trained the model and is not part of the file.",
            hint="Pass that script with --code SCRIPT.py (only its definitions are run), or pack"
            " from it with golive.pack(model, ...).",
        )
    return ModelLoadError(
        f"{path.name} needs {module}.{name}, and this {module} has no such name.",
        hint=f"Install the version of {module} the model was trained with, or, if it is your own"
        " file, pack with --code FILE.",
    )


def _missing_module(module: str, path: Path) -> ModelLoadError:
    top = module.partition(".")[0]
    return ModelLoadError(
        f"{path.name} needs the module {module!r}, which is not there.",
        hint=f"If {top} is your own file, pack with --code {top}.py; if it is a package,"
        " install it.",
    )
