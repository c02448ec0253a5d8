"""Forks: what a process has and its child has not, such as threads, is begun anew there."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from itertools import count
from typing import Any
from weakref import WeakMethod

__all__ = ["call_in_children"]


def call_in_children(method: Callable[[], Any]) -> None:
    """Have a method called in every process that this one forks, as long as its object lives.

    It is called before anything else runs there. Threads of the parent do not exist then, and
    whatever they held is held for ever.

    Args:
        method: A bound method, which raises nothing.
    """
    number, methods = next(_numbers), _methods

    def forget(_: object) -> None:
        methods.pop(number, None)

    methods[number] = WeakMethod(method, forget)


def _call_all() -> None:
    for reference in _methods.copy().values():
        method = reference()
        if method is not None:
            try:
                method()
            except Exception:  # the others are begun anew nevertheless
                _logger.exception("Something could not be begun anew after a fork.")


_numbers = count()
_methods: dict[int, WeakMethod[Callable[[], Any]]] = {}
_logger = logging.getLogger("golive")
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_call_all)  # once: what is registered there stays for ever
