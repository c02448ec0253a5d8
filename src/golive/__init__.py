"""golive takes a trained model to a production endpoint and keeps watching it there.

import golive

golive.pack(model, train, eval=held_out, name="income", output="income.bundle")
golive.load("income.bundle").predict(rows)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from golive.errors import GoliveError, RecordError
from golive.version import VERSION

if TYPE_CHECKING:
    from golive.bundle.reading import Bundle
    from golive.checking.check import check
    from golive.checking.diff import diff
    from golive.checking.difference import Difference
    from golive.checking.report import Report
    from golive.entry.asgi import asgi_app
    from golive.packing.onnx_export import export_onnx
    from golive.packing.pack import pack
    from golive.packing.recompile import compile  # noqa: A004 - the name of the command
    from golive.packing.repack import repack
    from golive.release.promote import promote
    from golive.release.promotion import Promotion
    from golive.wiring.loading import Predictor, load
    from golive.wiring.registries import push, rollback

__all__ = [
    "Bundle",
    "Difference",
    "GoliveError",
    "Predictor",
    "Promotion",
    "RecordError",
    "Report",
    "__version__",
    "asgi_app",
    "check",
    "compile",
    "diff",
    "export_onnx",
    "load",
    "pack",
    "promote",
    "push",
    "repack",
    "rollback",
]

__version__ = VERSION

_HOMES = {
    "Bundle": "golive.bundle.reading",
    "Difference": "golive.checking.difference",
    "Predictor": "golive.wiring.loading",
    "Promotion": "golive.release.promotion",
    "Report": "golive.checking.report",
    "asgi_app": "golive.entry.asgi",
    "check": "golive.checking.check",
    "compile": "golive.packing.recompile",
    "diff": "golive.checking.diff",
    "export_onnx": "golive.packing.onnx_export",
    "load": "golive.wiring.loading",
    "pack": "golive.packing.pack",
    "promote": "golive.release.promote",
    "push": "golive.wiring.registries",
    "repack": "golive.packing.repack",
    "rollback": "golive.wiring.registries",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use, so that `import golive` stays cheap."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'golive' has no attribute {name!r}")
