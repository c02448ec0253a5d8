"""The pickles of a bundle, and whether what they would import belongs into a model."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import IO, cast

from golive.bundle.manifest import UNPICKLING, ModelSpec
from golive.bundle.reading import Bundle
from golive.checking.import_rules import KNOWN_LIBRARIES, judge_imports
from golive.checking.pickle_imports import PickleImports, imports_of
from golive.checking.report import Finding, Severity

__all__ = ["pickle_findings", "pickle_imports", "pickles_in"]

_ENDINGS = (".pkl", ".pickle", ".cloudpickle", ".joblib")
_PROTOCOLS = tuple(b"\x80" + bytes([number]) for number in range(2, 6))


def pickle_findings(
    root: Path, files: Collection[str], spec: ModelSpec, requirements: Sequence[str]
) -> Iterator[Finding]:
    """Read every pickle among a bundle's files, without loading any, and judge its imports.

    Args:
        root: The bundle's directory.
        files: Its files' paths.
        spec: How its model is loaded.
        requirements: The distributions that it pins, such as `scikit-learn==1.5.2`.
    """
    own = {Path(path).parts[1].removesuffix(".py") for path in files if path.startswith("code/")}
    if spec.main_module is not None:
        own.add(spec.main_module)
    own -= sys.stdlib_module_names  # a file of such a name is not what a pickle would import
    known = own | KNOWN_LIBRARIES | _modules_of(requirements)
    found = 0
    for name, stream in _pickles_of(root, files, spec):
        found += 1
        yield from _judge_pickle(name, stream, known, own)
    if not found:
        text = "there is no pickle: loading the model imports nothing of its own choice"
        yield Finding(check="pickles", severity="ok", code="ok", message=text)


def pickle_imports(bundle: Bundle) -> dict[str, PickleImports]:
    """What loading each pickle in a bundle would import, by the pickle's name; none is loaded."""
    manifest = bundle.manifest
    found = _pickles_of(bundle.path, manifest.files, manifest.model)
    return {name: imports_of(stream) for name, stream in found}


def _pickles_of(
    root: Path, files: Collection[str], spec: ModelSpec
) -> Iterator[tuple[str, IO[bytes]]]:
    for path in sorted(files):
        if path.startswith(("model/", "code/")):
            is_pickle = path == spec.file and spec.loader in UNPICKLING and spec.loader != "mlflow"
            yield from pickles_in(root / path, path, is_pickle=is_pickle)


def _modules_of(requirements: Sequence[str]) -> set[str]:
    """The names that distributions usually import as, and those that this environment knows."""
    from importlib.metadata import packages_distributions

    wanted = {line.partition("==")[0].lower() for line in requirements}
    homes = packages_distributions()
    found = {m for m, names in homes.items() if wanted & {name.lower() for name in names}}
    return found | {name.replace("-", "_") for name in wanted}


def pickles_in(
    path: Path, name: str, *, is_pickle: bool = False
) -> Iterator[tuple[str, IO[bytes]]]:
    """The name and the bytes of each pickle that a file is or holds, decompressed.

    Args:
        path: The file.
        name: What to call it.
        is_pickle: It is loaded as one, so that neither its ending nor its first bytes matter.
    """
    with path.open("rb") as file:
        head = file.read(16)
    if head[:4] == b"PK\x03\x04":
        yield from _pickles_in_zip(path, name)
        return
    endings = [suffix.lower() for suffix in path.suffixes]
    stream = _decompressed(path, head)
    with stream:
        start = stream.read(2)
        if is_pickle or start in _PROTOCOLS or any(ending in _ENDINGS for ending in endings):
            stream.seek(0)
            yield name, stream


def _pickles_in_zip(path: Path, name: str) -> Iterator[tuple[str, IO[bytes]]]:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        return
    with archive:
        for entry in archive.namelist():
            if entry.endswith(_ENDINGS):
                yield f"{name}/{entry}", io.BytesIO(archive.read(entry))


def _decompressed(path: Path, head: bytes) -> IO[bytes]:
    if head.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.open(path))
    if head.startswith(b"BZh"):
        return bz2.open(path)
    if head.startswith((b"\xfd7zXZ", b"\x5d\x00\x00")):
        return lzma.open(path)
    if head[:1] == b"\x78" and head[1:2] in b"\x01\x5e\x9c\xda":
        return io.BytesIO(zlib.decompress(path.read_bytes()))
    return path.open("rb")


def _judge_pickle(
    name: str, stream: IO[bytes], known: Collection[str], own: Collection[str]
) -> Iterator[Finding]:
    read = imports_of(stream)
    findings = list(judge_imports(name, read.names, known, own))
    if read.failure is not None:
        findings.append(
            Finding(
                check="pickles",
                severity="warning",
                code="unreadable_pickle",
                subject=name,
                message=f"all that it imports cannot be told: {read.failure}",
                hint="load it only if you trust whoever packed it",
            )
        )
    yield from findings
    if not findings:
        modules = sorted({module.partition(".")[0] for module, _ in read.names})
        text = f"imports only {', '.join(modules)}" if modules else "imports nothing"
        if read.has_code:
            text += "; it holds functions, whose code was not read"
        severity: Severity = "note" if read.has_code else "ok"
        code = "holds_code" if read.has_code else "ok"
        yield Finding(check="pickles", severity=severity, code=code, subject=name, message=text)
