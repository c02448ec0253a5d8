"""Support vector machines with kernels."""

from __future__ import annotations

from golive.compiling.exporting import Exporter

__all__ = ["EXPORTERS"]

EXPORTERS: dict[str, Exporter] = {}
