"""The layers, activations and other objects of the user's that a Keras model names."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from golive.errors import ModelLoadError
from golive.runtimes.codespace import CodeSpace, public_name

__all__ = ["custom_objects"]


@contextmanager
def custom_objects(space: CodeSpace | None) -> Iterator[dict[str, Any]]:
    """Import a bundle's own modules and give their classes and functions by name.

    Meanwhile the whole process can import those modules, since Keras looks some of them up.

    Raises:
        ModelLoadError: A module cannot be imported.
    """
    if space is None:
        yield {}
        return
    with space.borrowed_names():
        found: dict[str, Any] = {}
        for name in sorted(space.names):
            found |= _defined_in(_imported(space, name))
        yield found


def _imported(space: CodeSpace, name: str) -> ModuleType:
    try:
        return space.module(name)
    except ModuleNotFoundError:
        raise
    except (Exception, SystemExit) as error:
        raise ModelLoadError(
            f"The module {name!r}, which was packed with the model, cannot be imported:"
            f" {type(error).__name__}: {public_name(str(error))}",
            hint='Put what trains under if __name__ == "__main__":, or move the layers into a'
            " module of their own.",
        ) from error


def _defined_in(module: ModuleType) -> dict[str, Any]:
    """Classes and functions of the module and, for a package, of what it was split into."""
    return {
        name: value
        for name, value in vars(module).items()
        if (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__.startswith(module.__name__)
    }
