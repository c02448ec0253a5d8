"""Forks: what a process has and its child has not, such as threads, is begun anew there."""

from __future__ import annotations

import os
from collections.abc import Callable
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
    if not hasattr(os, "register_at_fork"):  # no forks on this platform
        return
    reference = WeakMethod(method)

    def call() -> None:
        alive = reference()
        if alive is not None:
            alive()

    os.register_at_fork(after_in_child=call)
