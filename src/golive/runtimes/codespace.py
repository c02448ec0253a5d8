"""The source files of one bundle, imported under names of their own.

Two bundles may both have a `features.py`. Each bundle's `code/` is therefore a private package:
`import features` in its code finds its own `features`, at import and also later, inside a
function. Nothing is put on `sys.path`, and no `__pycache__` is written into the bundle.

Limits: `importlib.import_module("features")` and unpickling at call time look for the public
name and do not find it (at import time they do), nor do functions that cloudpickle stored by
value and that import a local module when they are called. Objects of the bundle's classes cannot
be pickled to another process while they are served.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from itertools import count
from pathlib import Path
from threading import RLock
from types import ModuleType
from typing import Any

__all__ = ["CodeSpace", "public_name"]

_PREFIX = "_golive_code_"
_numbers = count(1)
_import_names = RLock()  # sys.modules is the process's: one thread at a time borrows names in it


def public_name(text: str) -> str:
    """`text` with the private names of bundles' modules replaced by those in their source."""
    head, *tail = text.split(_PREFIX)
    return head + "".join(part.lstrip("0123456789").removeprefix(".") for part in tail)


class CodeSpace:
    """The modules of one `code/` directory.

    Attributes:
        root: The directory.
        names: Its modules and packages.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.names = frozenset(_top_level_names(root))
        self._package = f"{_PREFIX}{next(_numbers)}"
        self._builtins = {**vars(builtins), "__import__": self._import_scoped}
        self._register()

    def provides(self, name: str) -> bool:
        """Whether the dotted module name starts in this directory."""
        return name.partition(".")[0] in self.names

    def module(self, name: str) -> ModuleType:
        """Import a module of this directory by the name its source files know it by."""
        return import_module(f"{self._package}.{name}")

    @contextmanager
    def borrowed_names(self, *, main_module: str | None = None) -> Iterator[None]:
        """Let the whole process import this directory's modules by their public names.

        For unpickling, and for code that unpickles while it is imported. Afterwards the names
        mean what they meant before.

        Args:
            main_module: The module that stands in for `__main__` meanwhile.
        """
        with _import_names:
            stand_in = None if main_module is None else self.module(main_module)
            borrowed = self._release_names()
            finder = _BorrowingFinder(self)
            sys.meta_path.insert(0, finder)
            try:
                if stand_in is not None:
                    borrowed["__main__"] = sys.modules["__main__"]
                    sys.modules["__main__"] = stand_in
                yield
            finally:
                sys.meta_path.remove(finder)
                self._release_names()
                sys.modules.update(borrowed)

    def _release_names(self) -> dict[str, ModuleType]:
        """Take this directory's public names out of the process's modules."""
        return {name: sys.modules.pop(name) for name in list(sys.modules) if self.provides(name)}

    def _register(self) -> None:
        package = ModuleType(self._package)
        package.__path__ = [str(self.root)]
        sys.modules[self._package] = package
        sys.meta_path.insert(0, _PrivateFinder(self._package, self._builtins))

    def _import_scoped(
        self,
        name: str,
        globals: dict[str, Any] | None = None,  # noqa: A002  # the names of builtins.__import__
        locals: dict[str, Any] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """What `import` means in this directory's code: its own modules come first."""
        if level or not self.provides(name):
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        found = builtins.__import__(f"{self._package}.{name}", globals, locals, ("*",), 0)
        if not fromlist:
            return sys.modules[f"{self._package}.{name.partition('.')[0]}"]
        if hasattr(found, "__path__"):
            builtins.__import__(f"{self._package}.{name}", globals, locals, fromlist, 0)
        return found


def _top_level_names(root: Path) -> Iterator[str]:
    for entry in root.iterdir():
        if entry.suffix == ".py":
            yield entry.stem
        elif entry.is_dir() and next(entry.rglob("*.py"), None) is not None:
            yield entry.name


class _PrivateFinder(MetaPathFinder):
    """Finds the modules of one private package and gives them its own `import`."""

    def __init__(self, package: str, scoped_builtins: dict[str, Any]) -> None:
        self._package = package
        self._builtins = scoped_builtins

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if not fullname.startswith(f"{self._package}."):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _ScopedLoader(fullname, spec.loader.path, self._builtins)
        return spec


class _ScopedLoader(SourceFileLoader):
    """Runs a source file with the bundle's own `import`, and never stores bytecode."""

    def __init__(self, fullname: str, path: str, scoped_builtins: dict[str, Any]) -> None:
        super().__init__(fullname, path)
        self._builtins = scoped_builtins

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["__builtins__"] = self._builtins
        super().exec_module(module)

    def set_data(self, *_: Any, **__: Any) -> None:
        """Store no bytecode: a bundle does not change."""


class _BorrowingFinder(MetaPathFinder, Loader):
    """Answers imports of public names with the modules of one private package."""

    def __init__(self, space: CodeSpace) -> None:
        self._space = space

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if self._space.provides(fullname) else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = self._space.module(spec.name)
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """The module has run already; give it back the spec that the import system replaced."""
        if module.__spec__ is not None:
            module.__spec__ = module.__spec__.loader_state
