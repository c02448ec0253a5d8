"""Trimming: installed packages lose what answering never reads."""

from __future__ import annotations

import shutil
from pathlib import Path

from golive.building.references import names_imported_from

__all__ = ["trim"]

_TEST_FOLDERS = frozenset({"tests", "test"})
_DOCUMENT_FOLDERS = frozenset({"docs", "doc"})
_SOURCES = frozenset(
    [
        ".h",
        ".hh",
        ".hpp",
        ".hxx",
        ".cuh",
        ".pxd",
        ".pxi",
        ".pyx",
        ".c",
        ".cc",
        ".cpp",
        ".cxx",
        ".cu",
        ".f",
        ".f90",
        ".tp",
        ".a",
        ".la",
        ".o",
        ".pc",
        ".cmake",
    ]
)
"""What only compilers and linkers read."""

_UVS_LOCK = ".lock"
_METADATA = frozenset({"METADATA", "entry_points.txt", "top_level.txt"})
_LICENCES = ("licen", "copying", "notice", "authors")


def trim(root: Path) -> dict[str, int]:
    """Remove what answering never reads from a directory of installed packages.

    Tests and documents go as whole folders, unless something that stays imports them; headers and
    sources of compilers; stubs, unless a package loads itself by them (as `lazy_loader` does);
    scripts; and of the metadata all but versions, entry points and licences.

    Returns:
        The bytes that were saved, by what they were: `tests`, `documents`, `sources`, `stubs`,
        `scripts`, `metadata` and `bytecode`.
    """
    saved = dict.fromkeys(
        ("tests", "documents", "sources", "stubs", "scripts", "metadata", "bytecode"), 0
    )
    for folder in [path for path in root.rglob("__pycache__") if path.is_dir()]:
        saved["bytecode"] += _remove(folder)
    saved["scripts"] += _remove_scripts(root)
    for kind, names in (("tests", _TEST_FOLDERS), ("documents", _DOCUMENT_FOLDERS)):
        for folder in _unreferenced(root, names):
            saved[kind] += _remove(folder)
    stubbed = _loaded_by_stubs(root)
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        needless = _kind_of(file, root, stubbed)
        if needless is not None:
            saved[needless] += _remove(file)
    for metadata in root.glob("*.dist-info/METADATA"):
        saved["metadata"] += _shorten(metadata)
    _remove_empty(root)
    return saved


def _kind_of(file: Path, root: Path, stubbed: set[str]) -> str | None:
    top = file.relative_to(root).parts[0]
    if top == _UVS_LOCK:
        return "metadata"
    if top.endswith(".dist-info"):
        is_kept = file.name in _METADATA or _is_licence(file)
        return None if is_kept else "metadata"
    if file.suffix in _SOURCES:
        return "sources"
    if (file.suffix == ".pyi" or file.name == "py.typed") and top not in stubbed:
        return "stubs"
    return "tests" if file.name == "conftest.py" else None


def _is_licence(file: Path) -> bool:
    return any(part.lower().startswith(_LICENCES) for part in (file.name, file.parent.name))


def _unreferenced(root: Path, names: frozenset[str]) -> list[Path]:
    """The outermost folders of these names that no module outside them imports."""
    folders = [path for path in sorted(root.rglob("*")) if path.is_dir() and path.name in names]
    outermost = [f for f in folders if not any(o in f.parents for o in folders)]
    imported = names_imported_from(root, names, inside=outermost)
    return [
        folder
        for folder in outermost
        if not any(_is_below(name, folder, root) for name in imported)
    ]


def _is_below(name: str, folder: Path, root: Path) -> bool:
    dotted = ".".join(folder.relative_to(root).parts)
    return name == dotted or name.startswith(f"{dotted}.")


def _loaded_by_stubs(root: Path) -> set[str]:
    """Top-level packages that read their own stubs when they are imported."""
    return {
        file.relative_to(root).parts[0]
        for file in root.rglob("__init__.py")
        if b"attach_stub" in file.read_bytes()
    }


def _remove_scripts(root: Path) -> int:
    folder = root / "bin"
    return _remove(folder) if folder.is_dir() and not (folder / "__init__.py").exists() else 0


def _shorten(metadata: Path) -> int:
    """Leave the head of the metadata; the description below it is the project's README."""
    whole = metadata.read_bytes()
    head = whole.partition(b"\n\n")[0].rstrip(b"\n") + b"\n"
    metadata.unlink()  # it may be a link to a file of a cache
    metadata.write_bytes(head)
    return len(whole) - len(head)


def _remove(path: Path) -> int:
    """Remove a file or folder; its bytes."""
    if path.is_dir() and not path.is_symlink():
        size = sum(p.lstat().st_size for p in path.rglob("*") if not p.is_dir())
        shutil.rmtree(path)
        return size
    size = path.lstat().st_size
    path.unlink()
    return size


def _remove_empty(root: Path) -> None:
    for folder in sorted((p for p in root.rglob("*") if p.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
