"""What is to be served and how: a value that can be sent to worker processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from golive.service.served import ServedModel
from golive.settings import ServeSettings

__all__ = ["LoadModels", "ServePlan"]


class ServePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What every worker process is told; it loads the bundles itself.

    Attributes:
        bundles: What names the bundles, as on the command line.
        settings: How they are served.
        cache: Directory of the stamps of verified bundles, or None for the usual one.
        verify: Whether every hash is checked again.
        allow_drifted_environment: Whether changed answers of golden records are put up with.
        original: Whether the original models answer instead of compiled programs.
        metrics_directory: Where several workers count together; None for one worker.
    """

    bundles: tuple[str, ...]
    settings: ServeSettings
    cache: Path | None = None
    verify: bool = False
    allow_drifted_environment: bool = False
    original: bool = False
    metrics_directory: Path | None = None


LoadModels = Callable[[ServePlan], Mapping[str, ServedModel]]
"""Loads the models of a plan by name; a function of a module, so that workers find it."""
