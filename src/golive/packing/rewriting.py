"""Rewriting: a staged model file without the leftovers of training, in the same format.

The same file gives the same bytes. Pickles are therefore loaded and written in a process of their
own, which has answered nothing yet and orders sets as every other such process does.
"""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NoReturn, cast

import msgspec

from golive.bundle.manifest import ModelSpec
from golive.errors import GoliveError, PackError
from golive.packing.clean_process import MissingModuleError
from golive.packing.code import missing_module
from golive.packing.leftovers import leftovers_named, strip
from golive.runtimes.unpickling import unpickle
from golive.settings import child_environment

__all__ = ["main", "rewrite"]

_BOOT = (
    "import sys; sys.path[:0] = [sys.argv[2]]; sys.path.append(sys.argv[1]); "
    "from golive.packing.rewriting import main; main(sys.argv[3], sys.argv[4])"
)
_COMPRESSIONS = {b"\x78": "zlib", b"BZh": "bz2", b"\xfd7zXZ": "xz", b"\x5d\x00": "lzma"}
_GZIP = b"\x1f\x8b"
_LEVEL = 3  # joblib's own choice
_EPOCH = (1980, 1, 1, 0, 0, 0)


class _Task(msgspec.Struct, frozen=True, kw_only=True):
    """What the process of its own is asked: this file of this model, written there."""

    source: str
    spec: ModelSpec
    destination: str


class _Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why it could not be done: the error, and the module that was missing if any."""

    error: str
    missing_module: str | None = None


def rewrite(root: Path, spec: ModelSpec, destination: Path, *, seconds: float = 1800) -> None:
    """Write the model file of a staging directory again without what training left over.

    Args:
        root: The staging directory.
        spec: How its model is loaded.
        destination: The file to write.
        seconds: How long loading and writing may take.

    Raises:
        MissingModuleError: A module that the model needs is neither installed nor under `code/`.
        PackError: It cannot be loaded and written again, or warns; the message says why.
    """
    if spec.loader == "skops":
        _rewrite_skops(root / spec.file, destination)
        return
    task = _Task(source=str(root / spec.file), spec=spec, destination=str(destination))
    failure = destination.with_name("failure.json")
    home = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-P", "-c", _BOOT, home, str(root / "code")]
    command += [msgspec.json.encode(task).decode(), str(failure)]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, our own program
            command, cwd=destination.parent, env=child_environment(PYTHONHASHSEED="0"),
            capture_output=True, text=True, timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise PackError(f"writing it again took longer than {seconds:.0f} s") from error
    if failure.exists():
        _raise(msgspec.json.decode(failure.read_bytes(), type=_Failure))
    if done.returncode:
        raise PackError(f"the process that writes it again ended with code {done.returncode}")


def _raise(failure: _Failure) -> NoReturn:
    if failure.missing_module is not None:
        raise MissingModuleError(failure.error, module=failure.missing_module)
    raise PackError(failure.error)


def main(task: str, failure: str) -> None:
    """Do the task; what went wrong goes into the file `failure`."""
    asked = msgspec.json.decode(task, type=_Task)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # such as that of another version
            _rewrite_pickle(Path(asked.source), asked.spec, Path(asked.destination))
    except Exception as error:  # noqa: BLE001 - the edge of the process: reported, not handled
        said = (
            error.message if isinstance(error, GoliveError) else f"{type(error).__name__}: {error}"
        )
        failed = _Failure(
            error=said.strip().removesuffix("."), missing_module=missing_module(error)
        )
        Path(failure).write_bytes(msgspec.json.encode(failed))


def _rewrite_pickle(source: Path, spec: ModelSpec, destination: Path) -> None:
    if spec.main_module is not None:
        sys.modules["__main__"] = import_module(spec.main_module)
    estimator = unpickle(source, spec, None)
    strip(estimator)
    head = _head(source)
    if spec.loader == "joblib" or _is_joblib(source, head):
        _dump_joblib(estimator, head, destination)
    else:
        import cloudpickle

        with _written(destination, head) as file:
            cloudpickle.dump(estimator, file)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(5)


def _is_joblib(path: Path, head: bytes) -> bool:
    """Whether a file called a pickle was written by joblib."""
    with gzip.open(path) if head.startswith(_GZIP) else path.open("rb") as file:
        return b"joblib.numpy_pickle" in file.read()


def _dump_joblib(estimator: object, head: bytes, destination: Path) -> None:
    """Write in the compression that the first bytes tell of."""
    import joblib

    name = next((name for magic, name in _COMPRESSIONS.items() if head.startswith(magic)), None)
    if name is not None:
        joblib.dump(estimator, destination, compress=(name, _LEVEL))
        return
    with _written(destination, head) as file:
        joblib.dump(estimator, file)


@contextmanager
def _written(path: Path, head: bytes) -> Iterator[IO[bytes]]:
    """The file to write to; gzip without the time of day, which joblib's own would hold."""
    with path.open("wb") as plain:
        if not head.startswith(_GZIP):
            yield plain
            return
        with gzip.GzipFile(
            filename="", mode="wb", compresslevel=_LEVEL, fileobj=plain, mtime=0
        ) as compressed:
            yield cast("IO[bytes]", compressed)


def _rewrite_skops(source: Path, destination: Path) -> None:
    """Leave parts of the archive out; nothing is loaded, so the rest is byte for byte the same."""
    with zipfile.ZipFile(source) as archive:
        contents = {info.filename: archive.read(info) for info in archive.infolist()}
    schema = json.loads(contents["schema.json"])
    _strip_node(schema)
    contents["schema.json"] = json.dumps(schema, indent=2).encode()
    kept = _files_in(schema) | {"schema.json"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in contents.items():
            if name in kept:
                archive.writestr(zipfile.ZipInfo(name, date_time=_EPOCH), content)
    destination.write_bytes(buffer.getvalue())


def _strip_node(node: Any) -> None:
    """Delete the leftovers of every estimator in a node of skops's schema."""
    if isinstance(node, list):
        for part in node:
            _strip_node(part)
    if not isinstance(node, dict):
        return
    leftovers = leftovers_named(str(node.get("__module__")), str(node.get("__class__")))
    if leftovers and isinstance(node.get("content"), dict):
        _drop_members(node["content"], leftovers)
    for part in node.values():
        _strip_node(part)


def _drop_members(attributes: dict[str, Any], names: tuple[str, ...]) -> None:
    """Delete members of a dictionary's node, and their types, which stand in a list beside."""
    members = attributes.get("content")
    if not isinstance(members, dict):
        return
    types = attributes.get("key_types", {}).get("content")
    for name in names:
        if name in members:
            if isinstance(types, list) and len(types) == len(members):
                del types[list(members).index(name)]
            del members[name]


def _files_in(node: Any) -> set[str]:
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    found = {name for part in parts for name in _files_in(part)}
    if isinstance(node, dict) and isinstance(node.get("file"), str):
        found.add(node["file"])
    return found
