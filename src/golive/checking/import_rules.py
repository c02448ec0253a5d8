"""What belongs into a model among the imports of a pickle, and what does not."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence

from golive.checking.report import Finding

__all__ = ["KNOWN_LIBRARIES", "judge_imports"]

_LIBRARIES = """
numpy scipy sklearn pandas xgboost lightgbm catboost joblib cloudpickle skops imblearn
statsmodels category_encoders torch torchvision keras tensorflow mlflow onnx onnxruntime
__torch__ transformers tokenizers sentence_transformers spacy nltk gensim polars pyarrow numba
copyreg
collections _codecs datetime decimal fractions functools operator _operator types typing re _sre
uuid enum math cmath itertools random statistics string dataclasses abc numbers array pathlib
zoneinfo calendar heapq bisect threading _thread __main__ __builtin__ builtins
"""
KNOWN_LIBRARIES = frozenset(_LIBRARIES.split())
"""Top-level modules that belong into a model."""
_POWERS = """
os posix nt subprocess _posixsubprocess pty socket _socket shutil sys runpy importlib imp ctypes
_ctypes cffi marshal code codeop commands multiprocessing signal webbrowser urllib http httplib
ftplib smtplib telnetlib requests httpx aiohttp paramiko pip ensurepip venv pdb bdb timeit trace
pickle _pickle shelve asyncio zipimport pkgutil io _io tempfile fcntl sqlite3 mmap linecache
fileinput distutils
"""
_DANGEROUS_MODULES = frozenset(_POWERS.split())
_PLAIN_BUILTINS = """
object type set frozenset list dict tuple str bytes bytearray int float complex bool range slice
enumerate zip map filter reversed sorted len sum min max abs round pow divmod repr hash super
property staticmethod classmethod print iter next all any isinstance issubclass NoneType
NotImplemented Ellipsis Exception ValueError TypeError KeyError getattr
"""
_SAFE_BUILTINS = frozenset(_PLAIN_BUILTINS.split())
_DOING = """
load loads eval exec read_pickle runstring exec_command fromfile tofile savetxt open system popen
import_module methodcaller start_new_thread start_new run_module run_path FunctionType CodeType
"""
_DOING_NAMES = frozenset(_DOING.split())
"""What no class of a model is called: functions that read, write or run what they are given."""
_HELD = frozenset({"BytesIO", "StringIO"})
_CLOUDPICKLE = "cloudpickle"
_MODULES_OF_CODE = frozenset({"pickle", "_pickle"})
_HARMLESS = frozenset({"PickleBuffer", "_make_skeleton", "CodeType", "FunctionType"})
_SYSTEM = frozenset(
    {"os", "posix", "nt", "sys", "subprocess", "shutil", "socket", "importlib", "builtins"}
)
"""Modules of Python that others import, so that `numpy.os` is one of them."""


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
    if by_cloudpickle and (top == "types" or module in _MODULES_OF_CODE) and name in _HARMLESS:
        return False
    return _does_something(module.split("."), name.split("."))


def _does_something(modules: list[str], names: list[str]) -> bool:
    """Whether it reads, writes or runs what it is given, or leads to what does."""
    *through, last = names
    if modules[0] in _DANGEROUS_MODULES:
        return last not in _HELD
    if last in _DOING_NAMES or last in _SYSTEM:
        return True
    if modules[0] == "pathlib" and through:
        return True  # a method, and a path's methods change files
    # os.system by way of another module
    return not (_SYSTEM.isdisjoint(modules) and _DANGEROUS_MODULES.isdisjoint(through))


def _is_known(module: str, name: str, known: Collection[str]) -> bool:
    """Whether it belongs into a model; a module that only is imported may be Python's own."""
    top = module.partition(".")[0]
    return top in known or (not name and top in sys.stdlib_module_names)


def _listed(imports: Sequence[tuple[str, str]]) -> str:
    shown = ", ".join(f"{module}.{name}".strip(".") for module, name in imports[:5])
    return shown if len(imports) <= 5 else f"{shown} and {len(imports) - 5} more"
