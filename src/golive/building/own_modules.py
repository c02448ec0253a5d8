"""golive's own modules that a package needs: what its entry may import, found by reading them.

Modules are read, not run: a trace of one run would miss what only some requests import, such as
the OpenAPI document or the reader of CSV.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["LEFT_OUT", "LEFT_OUT_WHERE_COMPILED", "OwnModules", "own_modules"]

_ROOT = "golive"

LEFT_OUT = (
    "golive.__main__",
    "golive.backends",
    "golive.building",
    "golive.checking",
    "golive.cli",
    "golive.compiling",
    "golive.packing",
    "golive.release",
    "golive.testing",
    "golive.wiring.apart",
    "golive.wiring.canaries",
    "golive.wiring.isolating",
)
"""What no production process needs, and what only servers have: processes, candidates."""

LEFT_OUT_WHERE_COMPILED = (
    "golive.runtimes.codespace",
    "golive.runtimes.function",
    "golive.runtimes.keras",
    "golive.runtimes.lightgbm",
    "golive.runtimes.onnx",
    "golive.runtimes.pyfunc",
    "golive.runtimes.pytorch",
    "golive.runtimes.sklearn",
    "golive.runtimes.tensors",
    "golive.runtimes.unpickling",
    "golive.runtimes.xgboost",
    "golive.scorer.batches",
)
"""Of models that are not compiled, and what needs NumPy, which a compiled bundle's package has
not."""

_BY_NAME = {
    "golive.scorer.rows.building": "golive.scorer.rows",
    "golive.scorer.batches.building": "golive.scorer.batches",
}
"""Modules that import others of a package by names that only a program says."""


@dataclass(frozen=True, slots=True)
class OwnModules:
    """What was found.

    Attributes:
        modules: Dotted name to file, packages included.
        others: Top-level names of all else that they import, to the modules that import it as
            they are imported; none where only functions do.
        cut: Modules that were left out, and that some module names all the same.
    """

    modules: Mapping[str, Path]
    others: Mapping[str, tuple[str, ...]]
    cut: frozenset[str]


def own_modules(
    entry: str, *, home: Path | None = None, left_out: Iterable[str] = LEFT_OUT
) -> OwnModules:
    """The modules that an entry imports, at once or later, and those that they import.

    Args:
        entry: Its dotted name, such as `golive.entry.aws_lambda`.
        home: The directory that holds the package `golive`; this golive's own if None.
        left_out: Modules and packages that are not followed.

    Raises:
        ModuleNotFoundError: There is no such entry.
    """
    walk = _Walk(home or Path(__file__).resolve().parents[2], tuple(left_out))
    if walk.file_of(entry) is None:
        raise ModuleNotFoundError(f"There is no module {entry}.", name=entry)
    walk.visit(entry)
    return OwnModules(
        modules=dict(sorted(walk.found.items())),
        others={name: tuple(sorted(users)) for name, users in sorted(walk.others.items())},
        cut=frozenset(walk.cut),
    )


class _Walk:
    """Follows imports from file to file."""

    def __init__(self, home: Path, left_out: tuple[str, ...]) -> None:
        self._home = home
        self._left_out = left_out
        self.found: dict[str, Path] = {}
        self.others: dict[str, set[str]] = {}
        self.cut: set[str] = set()

    def file_of(self, module: str) -> Path | None:
        """The file of a module or package, or None."""
        stem = self._home.joinpath(*module.split("."))
        for file in (stem / "__init__.py", stem.with_name(f"{stem.name}.py")):
            if file.is_file():
                return file
        return None

    def visit(self, entry: str) -> None:
        """Find all that a module imports."""
        waiting = [entry]
        while waiting:
            module = waiting.pop()
            if module in self.found:
                continue
            file = self.file_of(module)
            if file is None:
                continue
            if _is_in(module, self._left_out):
                self.cut.add(module)
                continue
            self.found[module] = file
            waiting += _parents(module)
            waiting += self._imported_by(module, file)
            if module in _BY_NAME:
                waiting += self._all_in(_BY_NAME[module])

    def _imported_by(self, module: str, file: Path) -> Iterator[str]:
        for name, is_at_once in _imports(ast.parse(file.read_bytes())):
            top = name.partition(".")[0]
            if top == _ROOT:
                yield name
                continue
            users = self.others.setdefault(top, set())
            if is_at_once:
                users.add(module)

    def _all_in(self, package: str) -> Iterator[str]:
        folder = self._home.joinpath(*package.split("."))
        for file in sorted(folder.glob("*.py")):
            if file.stem != "__init__":
                yield f"{package}.{file.stem}"


def _parents(module: str) -> Iterator[str]:
    while "." in module:
        module = module.rpartition(".")[0]
        yield module


def _is_in(module: str, names: tuple[str, ...]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


def _imports(tree: ast.AST, *, is_at_once: bool = True) -> Iterator[tuple[str, bool]]:
    """Each name that is imported, perhaps a module's member, and whether it is at once."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=otherwise):
                for each in otherwise:
                    yield from _imports(each, is_at_once=is_at_once)
            case ast.Import(names=aliases):
                for alias in aliases:
                    yield alias.name, is_at_once
            case ast.ImportFrom(module=str(source), level=0, names=aliases):
                yield source, is_at_once
                for alias in aliases:
                    yield f"{source}.{alias.name}", is_at_once
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from _imports(node, is_at_once=False)
            case _:
                yield from _imports(node, is_at_once=is_at_once)
