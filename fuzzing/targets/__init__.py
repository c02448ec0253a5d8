"""The targets by name, each in a module that is imported when it is tried."""

from __future__ import annotations

from importlib import import_module

from fuzzing.target import Target

__all__ = ["NAMES", "find"]

_MODULES = {
    "json": "bodies",
    "csv": "bodies",
    "requests": "requests",
    "http": "front",
    "events": "sealed",
    "manifest": "sealed",
    "bundle": "records",
    "keys": "records",
    "archive": "archives",
    "program": "programs",
}
NAMES = tuple(_MODULES)
"""The names."""


def find(name: str) -> Target:
    """The target of this name.

    Raises:
        KeyError: There is none.
    """
    module = import_module(f"fuzzing.targets.{_MODULES[name]}")
    target: Target = module.TARGETS[name]
    return target
