"""The files of a package for AWS Lambda beside its packages: bundle, entry, data and libraries."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from golive.building.lambda_settings import ExtraData, LambdaSettings
from golive.bundle.encoding import indented_json
from golive.bundle.layout import LEFT_OUT, MANIFEST
from golive.bundle.left_out import encode_left_out, needless
from golive.bundle.reading import Bundle
from golive.errors import UsageError

__all__ = ["BUNDLE", "DATA", "ENTRY", "HANDLER", "LIBRARIES", "PACKED_SETTINGS", "place_all"]

BUNDLE = "bundle"
DATA = "data"
LIBRARIES = "lib"
HANDLER = "handler.py"
PACKED_SETTINGS = "golive-lambda.json"
ENTRY = "golive.entry.aws_lambda"
"""The module whose `handler` AWS Lambda calls, by way of handler.py."""

_CALLED = f'from {ENTRY} import handler\n\n__all__ = ["handler"]\n'
_BEFORE = '''"""What AWS Lambda calls; made by `golive build lambda`."""

import ctypes
import os
from pathlib import Path

_HERE = Path(__file__).resolve().parent
for _name, _paths in {variables!r}.items():
    os.environ.setdefault(_name, os.pathsep.join(str(_HERE / path) for path in _paths))
for _name in {libraries!r}:
    ctypes.CDLL(str(_HERE / "lib" / _name), mode=ctypes.RTLD_GLOBAL)

'''


def place_all(bundle: Bundle, settings: LambdaSettings, root: Path) -> None:
    """Write the bundle, what the settings add and handler.py into the directory of a package.

    Raises:
        UsageError: A path of the settings is not there, or a package has its name.
    """
    for name in (BUNDLE, HANDLER, *([DATA] if settings.data else []), LIBRARIES):
        if (root / name).exists():
            raise UsageError(f"A package of the model is named {name}, as a part of the zip file.")
    _place_bundle(bundle, root / BUNDLE)
    variables: dict[str, list[str]] = {}
    for data in settings.data:
        placed = _place_data(data, settings, root)
        if data.variable is not None:
            variables.setdefault(data.variable, []).append(placed)
    libraries = [_place_library(settings.path_of(each), root) for each in settings.libraries]
    (root / HANDLER).write_text(_handler(variables, libraries))
    if settings.settings:
        (root / PACKED_SETTINGS).write_bytes(indented_json(dict(settings.settings)))


def _handler(variables: Mapping[str, list[str]], libraries: list[str]) -> str:
    if not variables and not libraries:
        return f'"""What AWS Lambda calls; made by `golive build lambda`."""\n\n{_CALLED}'
    before = _BEFORE.format(variables=dict(variables), libraries=libraries)
    return before + _CALLED.replace("handler\n", "handler  # noqa: E402\n", 1)


def _place_bundle(bundle: Bundle, target: Path) -> None:
    """Copy what answering needs; what it does not need is named in a file beside it."""
    left_out = needless(bundle.manifest)
    for path in (MANIFEST, *bundle.manifest.files):
        if path not in left_out:
            placed = target / path
            placed.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(bundle.path / path, placed)
    if left_out:
        (target / LEFT_OUT).write_bytes(encode_left_out(left_out))


def _place_data(data: ExtraData, settings: LambdaSettings, root: Path) -> str:
    """Copy the named parts of a folder; gives the folder's path in the package."""
    source = settings.path_of(data.source)
    folder = f"{DATA}/{source.name}"
    if not source.is_dir():
        raise UsageError(f"There is no folder {source}, which [lambda] data names.")
    for part in data.parts:
        found = [p for p in (source / part, source / f"{part}.zip") if p.exists()]
        if not found or ".." in PurePosixPath(part).parts or PurePosixPath(part).is_absolute():
            raise UsageError(
                f"There is no {part} in {source}.",
                hint="[lambda] data: `parts` are paths below `from`, such as corpora/stopwords.",
            )
        for path in found:
            _copy(path, root / folder / path.relative_to(source))
    return folder


def _place_library(library: Path, root: Path) -> str:
    """Copy a shared library; gives its name."""
    if not library.is_file():
        raise UsageError(f"There is no file {library}, which [lambda] libraries names.")
    _copy(library, root / LIBRARIES / library.name)
    return library.name


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, target)
