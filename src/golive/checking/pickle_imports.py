"""What a pickle would import, found without importing or calling any of it.

The pickle is read by Python's own unpickler in Python, with every class and function replaced by an
inert stand-in. joblib's arrays lie as raw bytes between the opcodes; their wrappers say how long
they are.
"""

from __future__ import annotations

import io
import math
import pickle
import re
from dataclasses import dataclass
from typing import IO, Any, ClassVar, Self, cast

__all__ = ["PickleImports", "imports_of"]

_MAKERS = frozenset({"_make_function", "_make_skeleton_class", "CodeType", "FunctionType"})
_GETATTR = frozenset({("builtins", "getattr"), ("__builtin__", "getattr")})
_STARTS = frozenset(b"\x80" + bytes([number]) for number in range(2, 6))
_SUBIMPORT = ("cloudpickle.cloudpickle", "subimport")
_ALIGNED = "numpy_array_alignment_bytes"
_ITEM = re.compile(r"^[<>=|]?(?P<kind>[a-zA-Z?])(?P<size>\d*)$")
_SIZES = {"?": 1, "b": 1, "B": 1, "h": 2, "H": 2, "i": 4, "I": 4, "l": 8, "L": 8, "q": 8, "Q": 8,
          "e": 2, "f": 4, "d": 8}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PickleImports:
    """What loading a pickle would import.

    Attributes:
        names: (module, name) pairs in order, each once; the name is empty where only the module is
            imported.
        failure: Why the pickle cannot be followed to its end, or None where it can.
    """

    names: tuple[tuple[str, str], ...]
    failure: str | None = None

    @property
    def has_code(self) -> bool:
        """Whether functions or classes come with it, as cloudpickle writes them."""
        return any(name in _MAKERS for _, name in self.names)


def imports_of(file: IO[bytes]) -> PickleImports:
    """What loading the pickle would import, as far as it can be read.

    Other pickles that follow it are read as well, as PyTorch once wrote them.

    Args:
        file: At the start of the pickle; arrays of joblib may lie in it.
    """
    found: dict[tuple[str, str], None] = {}
    failure = None
    try:
        _InertUnpickler(file, found).load()
        while (start := file.read(2)) in _STARTS:
            file.seek(-len(start), io.SEEK_CUR)
            _InertUnpickler(file, found).load()
    except Exception as error:  # noqa: BLE001  # a pickle may hold anything
        failure = f"{type(error).__name__}: {error}"
    return PickleImports(names=tuple(found), failure=failure)


class _Inert:
    """Stands for any object: takes what a pickle does to it and does nothing."""

    _name: tuple[str, str] = ("", "")
    _arguments: tuple[Any, ...] = ()
    _state: Any = None

    def __new__(cls, *arguments: Any, **_: Any) -> Self:
        made = object.__new__(cls)
        made._arguments = arguments
        return made

    def __init__(self, *_: Any, **__: Any) -> None:
        """Take any arguments."""

    def __setstate__(self, state: Any) -> None:
        self._state = state

    def __call__(self, *arguments: Any, **_: Any) -> _Inert:
        return _Inert(*arguments)

    def __setitem__(self, key: Any, value: Any) -> None:
        """Take any item."""

    def append(self, value: Any) -> None:
        """Take any element."""

    def extend(self, values: Any) -> None:
        """Take any elements."""

    def add(self, value: Any) -> None:
        """Take any member."""


class _InertUnpickler(pickle._Unpickler):  # noqa: SLF001  # the C one reads ahead, over arrays
    """Reads a pickle with stand-ins for all that it names."""

    dispatch: ClassVar[dict[int, Any]] = dict(pickle._Unpickler.dispatch)  # noqa: SLF001

    def __init__(self, file: IO[bytes], found: dict[tuple[str, str], None]) -> None:
        super().__init__(file, encoding="latin1")
        self._file, self._found = file, found

    def find_class(self, module: str, name: str) -> Any:
        """A stand-in; the name is kept."""
        self._found[module, name] = None
        if (module, name) == _SUBIMPORT:
            return self._subimport
        if (module, name) in _GETATTR:
            return self._attribute
        return type("_Stand", (_Inert,), {"_name": (module, name)})

    def persistent_load(self, pid: Any) -> Any:  # noqa: ARG002  # the unpickler's signature
        """A stand-in, as for the tensors of PyTorch."""
        return _Inert()

    def _attribute(self, owner: object, attribute: object, *_: object) -> type[_Inert]:
        """An attribute, named like one that is imported by its path."""
        module, name = getattr(owner, "_name", ("", ""))
        if not module:
            return _Inert
        return cast("type[_Inert]", self.find_class(module, f"{name}.{attribute}".strip(".")))

    def _subimport(self, module: object) -> type[_Inert]:
        """Cloudpickle's way to import a module that a function uses."""
        return cast("type[_Inert]", self.find_class(str(module), ""))

    def get_extension(self, code: int) -> None:
        """Name the code: what it imports is registered in the process that loads it."""
        self._found["copyreg's extension", str(code)] = None
        self.append(_Inert)  # type: ignore[attr-defined]  # set by the unpickler's load

    def load_newobj(self) -> None:
        """Make an object; its class may be a stand-in that was made as well."""
        arguments = self.stack.pop()  # type: ignore[attr-defined]  # set by the unpickler's load
        self.stack[-1] = self.stack[-1](*arguments)  # type: ignore[attr-defined]

    dispatch[pickle.NEWOBJ[0]] = load_newobj

    def load_newobj_ex(self) -> None:
        """As `load_newobj`; what is given by name is of no interest."""
        self.stack.pop()  # type: ignore[attr-defined]  # set by the unpickler's load
        self.load_newobj()

    dispatch[pickle.NEWOBJ_EX[0]] = load_newobj_ex

    def load_build(self) -> None:
        """Build an object; after the wrapper of an array of joblib, skip the array."""
        super().load_build()  # type: ignore[misc]  # not in the stubs
        made = self.stack[-1]  # type: ignore[attr-defined]  # set by the unpickler's load
        name = getattr(made, "_name", ("", ""))
        if name[0].startswith("joblib.numpy_pickle") and name[1] == "NumpyArrayWrapper":
            self._skip_array(made._state)  # noqa: SLF001  # our own stand-in

    dispatch[pickle.BUILD[0]] = load_build

    def _skip_array(self, state: dict[str, Any]) -> None:
        size = _item_size(state["dtype"])
        if size is None:
            _InertUnpickler(self._file, self._found).load()  # an array of objects is a pickle
            return
        if state.get(_ALIGNED) is not None:
            (padding,) = self._file.read(1)
            _skip(self._file, padding)
        _skip(self._file, size * math.prod(state["shape"]))


def _item_size(dtype: Any) -> int | None:
    """Bytes of one element of a `numpy.dtype` stand-in; None for objects."""
    text = dtype._arguments[0]  # noqa: SLF001  # our own stand-in
    match = _ITEM.match(text if isinstance(text, str) else "")
    if match is None:
        raise pickle.UnpicklingError(f"an array of the unknown type {text!r}")
    kind, size = match["kind"], match["size"]
    if kind == "O":
        return None
    if not size:
        return _SIZES[kind]
    return int(size) * (4 if kind == "U" else 1)


def _skip(file: IO[bytes], count: int) -> None:
    while count > 0:
        read = len(file.read(min(count, io.DEFAULT_BUFFER_SIZE * 128)))
        if not read:
            raise pickle.UnpicklingError("it ends inside an array")
        count -= read
