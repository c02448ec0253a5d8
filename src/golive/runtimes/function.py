"""Function models: a Python function that answers one typed request."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

from golive.errors import ModelLoadError, ModelOutputError, RecordError
from golive.runtimes.codespace import CodeSpace, public_name
from golive.runtimes.outputs import json_value
from golive.runtimes.protocols import Batch, Outputs

__all__ = ["FunctionModel", "FunctionTypes", "function_types", "load_function"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionTypes:
    """The annotations of a function model.

    Attributes:
        request: Of its first parameter: a dataclass, TypedDict, msgspec Struct, pydantic model or
            dict; None where it has none, and the function takes any JSON value.
        answer: Of what it returns, or None.
    """

    request: Any
    answer: Any


def load_function(path: Path, name: str, space: CodeSpace) -> Callable[[Any], Any]:
    """Import the source file at `path`, which lies in the space's directory, and get `name`.

    Raises:
        ModelLoadError: The file or the function is not there, or is not one that can be served.
    """
    module_name = ".".join(path.relative_to(space.root).with_suffix("").parts)
    try:
        with space.borrowed_names():
            module = space.module(module_name)
    except (Exception, SystemExit) as error:
        raise ModelLoadError(
            f"{path.name} cannot be imported: {type(error).__name__}: {public_name(str(error))}",
            hint=_import_hint(error),
        ) from error
    found = vars(module).get(name)
    if found is None:
        raise ModelLoadError(
            f"{path.name} has no function {name!r}.",
            hint=f"It has: {', '.join(_functions_of(module)) or 'none'}.",
        )
    return _servable(found, f"{path.name}:{name}")


def function_types(function: Callable[..., Any]) -> FunctionTypes:
    """The request and answer types, with annotations that are strings resolved.

    Raises:
        ModelLoadError: An annotation names something that does not exist.
    """
    target = function if inspect.isroutine(function) else type(function).__call__
    try:
        hints = get_type_hints(target)
    except (NameError, AttributeError, TypeError) as error:
        raise ModelLoadError(
            f"The annotations of {_name_of(function)} cannot be resolved: {error}",
            hint="Import or define at module level every type that its annotations name.",
        ) from error
    first = next(iter(inspect.signature(function).parameters))
    request, answer = hints.get(first), hints.get("return")
    return FunctionTypes(
        request=None if request in (Any, object) else request,
        answer=None if answer in (Any, object, type(None)) else answer,
    )


class FunctionModel:
    """Answers a batch by calling a function once a record.

    A `RecordError` that the function raises or returns stands in its record's place; every other
    exception is passed on, for the engine to find the record. As safe to call from several
    threads as the function is.
    """

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self._function = _servable(function, _name_of(function))

    def predict(self, batch: Batch) -> Outputs:
        """Answer every record of the batch, in order.

        Raises:
            ModelOutputError: An answer cannot be JSON; `non_finite_output` for NaN and infinity.
        """
        return Outputs(values=[self._answered(request) for request in batch.columns[0]])

    def _answered(self, request: Any) -> Any:
        try:
            answer = self._function(request)
        except RecordError as error:
            return error
        if isinstance(answer, RecordError):
            return answer
        if inspect.isawaitable(answer) or inspect.isgenerator(answer):
            raise ModelOutputError(
                f"{_name_of(self._function)} returned a {type(answer).__name__}, not an answer."
            )
        return json_value(answer)


def _servable(found: Any, shown: str) -> Callable[[Any], Any]:
    if not callable(found):
        raise ModelLoadError(f"{shown} is a {type(found).__name__}, not a function.")
    call = found if inspect.isroutine(found) else getattr(found, "__call__", found)  # noqa: B004
    if inspect.iscoroutinefunction(call) or inspect.isasyncgenfunction(call):
        raise ModelLoadError(
            f"{shown} is an async function, and a model is called in a thread of its own.",
            hint="Make it a plain function (def instead of async def).",
        )
    if inspect.isgeneratorfunction(call):
        raise ModelLoadError(
            f"{shown} is a generator function.", hint="Return a list instead of using yield."
        )
    try:
        inspect.signature(found).bind(object())
    except TypeError as error:
        raise ModelLoadError(
            f"{shown} cannot be called with one request: {error}.",
            hint="A function model takes one argument, the request; give others a default.",
        ) from error
    served: Callable[[Any], Any] = found
    return served


def _import_hint(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        top = public_name(error.name).partition(".")[0]
        return f"If {top} is your own file, pack with --code {top}.py; else install the package."
    return "Import it in Python to see the whole error."


def _functions_of(module: Any) -> list[str]:
    found = inspect.getmembers(module, inspect.isfunction)
    return [n for n, f in found if f.__module__ == module.__name__ and not n.startswith("_")]


def _name_of(function: Any) -> str:
    return str(getattr(function, "__qualname__", type(function).__name__))
