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

from golive.bundle.manifest import ModelSpec
from golive.checking.pickle_imports import imports_of
from golive.checking.report import Finding

__all__ = ["judge_imports", "pickle_findings", "pickles_in"]

_ENDINGS = (".pkl", ".pickle", ".cloudpickle", ".joblib")
_PROTOCOLS = tuple(b"\x80" + bytes([number]) for number in range(2, 6))

_LIBRARIES = """
numpy scipy sklearn pandas xgboost lightgbm catboost joblib cloudpickle skops imblearn
statsmodels category_encoders torch torchvision keras tensorflow mlflow onnx onnxruntime
transformers tokenizers sentence_transformers spacy nltk gensim polars pyarrow numba copyreg
collections _codecs datetime decimal fractions functools operator _operator types typing re _sre
uuid enum math cmath itertools random statistics string dataclasses abc numbers array pathlib
zoneinfo calendar heapq bisect threading _thread __main__ __builtin__ builtins
"""
_KNOWN = frozenset(_LIBRARIES.split())
_POWERS = """
os posix nt subprocess _posixsubprocess pty socket _socket shutil sys runpy importlib imp ctypes
_ctypes cffi marshal code codeop commands multiprocessing signal webbrowser urllib http httplib
ftplib smtplib telnetlib requests httpx aiohttp paramiko pip ensurepip venv pdb bdb timeit trace
pickle _pickle shelve asyncio zipimport pkgutil
"""
_DANGEROUS_MODULES = frozenset(_POWERS.split())
_PLAIN_BUILTINS = """
object type set frozenset list dict tuple str bytes bytearray int float complex bool range slice
enumerate zip map filter reversed sorted len sum min max abs round pow divmod repr hash super
property staticmethod classmethod print iter next all any isinstance issubclass NoneType
NotImplemented Ellipsis Exception ValueError TypeError KeyError getattr
"""
_SAFE_BUILTINS = frozenset(_PLAIN_BUILTINS.split())
_DANGEROUS_NAMES = frozenset(
    {
        ("joblib", "load"),
        ("numpy", "load"),
        ("numpy", "fromfile"),
        ("numpy.testing._private.utils", "runstring"),
        ("pandas", "read_pickle"),
        ("torch", "load"),
        ("operator", "methodcaller"),
        ("_operator", "methodcaller"),
        ("functools", "reduce"),
        ("types", "FunctionType"),
        ("types", "CodeType"),
        ("cloudpickle", "loads"),
        ("joblib.numpy_pickle", "load"),
    }
)
_CLOUDPICKLE = "cloudpickle"


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
    known = own | _KNOWN | _modules_of(requirements)
    found = 0
    for path in sorted(files):
        if not path.startswith(("model/", "code/")):
            continue
        for name, stream in pickles_in(root / path, path):
            found += 1
            yield from _judge_pickle(name, stream, known, own)
    if not found:
        text = "there is no pickle: loading the model imports nothing of its own choice"
        yield Finding(check="pickles", severity="ok", code="ok", message=text)


def _modules_of(requirements: Sequence[str]) -> set[str]:
    """The names that distributions usually import as, and those that this environment knows."""
    from importlib.metadata import packages_distributions

    wanted = {line.partition("==")[0].lower() for line in requirements}
    homes = packages_distributions()
    found = {m for m, names in homes.items() if wanted & {name.lower() for name in names}}
    return found | {name.replace("-", "_") for name in wanted}


def pickles_in(path: Path, name: str) -> Iterator[tuple[str, IO[bytes]]]:
    """The name and the bytes of each pickle that a file is or holds, decompressed.

    Args:
        path: The file.
        name: What to call it.
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
        if start in _PROTOCOLS or any(ending in _ENDINGS for ending in endings):
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
        text = f"imports only {', '.join(modules)}"
        yield Finding(check="pickles", severity="ok", code="ok", subject=name, message=text)


def judge_imports(
    name: str,
    imports: Sequence[tuple[str, str]],
    known: Collection[str],
    own: Collection[str] = (),
) -> Iterator[Finding]:
    """What of a pickle's imports does not belong into a model.

    Args:
        name: Of the pickle.
        imports: Module and name of each.
        known: Top-level modules that belong into a model.
        own: Those of them that are the bundle's own code.
    """
    by_cloudpickle = any(module.partition(".")[0] == _CLOUDPICKLE for module, _ in imports)
    dangerous = [i for i in imports if _is_dangerous(*i, own, by_cloudpickle=by_cloudpickle)]
    if dangerous:
        yield Finding(
            check="pickles",
            severity="error",
            code="dangerous_import",
            subject=name,
            message=f"loading it imports {_listed(dangerous)}, which no model needs",
            hint="do not load it: such a pickle can run anything; ask whoever packed it",
        )
    unknown = [i for i in imports if i not in dangerous and not _is_known(*i, known)]
    if unknown:
        yield Finding(
            check="pickles",
            severity="warning",
            code="unknown_import",
            subject=name,
            message=f"loading it imports {_listed(unknown)}, which is no known library of models, "
            "nor code or a requirement of the bundle",
            hint="make sure that you trust it, or pack again with --code",
        )


def _is_dangerous(module: str, name: str, own: Collection[str], *, by_cloudpickle: bool) -> bool:
    top = module.partition(".")[0]
    if top in own or not name:
        return False
    if top in ("builtins", "__builtin__"):
        return name.partition(".")[0] not in _SAFE_BUILTINS
    if (module, name) in _DANGEROUS_NAMES:
        return not (by_cloudpickle and top == "types")
    if top in _DANGEROUS_MODULES:
        return not (by_cloudpickle and module in _MODULES_OF_CODE and name in _HARMLESS)
    first = name.partition(".")[0]
    return first in _DANGEROUS_MODULES and first != name  # os.system by way of another module


def _is_known(module: str, name: str, known: Collection[str]) -> bool:
    """Whether it belongs into a model; a module that only is imported may be Python's own."""
    top = module.partition(".")[0]
    return top in known or (not name and top in sys.stdlib_module_names)


_MODULES_OF_CODE = frozenset({"pickle", "_pickle"})
_HARMLESS = frozenset({"PickleBuffer", "_make_skeleton"})


def _listed(imports: Sequence[tuple[str, str]]) -> str:
    shown = ", ".join(f"{module}.{name}".strip(".") for module, name in imports[:5])
    return shown if len(imports) <= 5 else f"{shown} and {len(imports) - 5} more"
