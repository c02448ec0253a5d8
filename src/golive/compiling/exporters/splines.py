"""Splines."""

from __future__ import annotations

from typing import Any

import numpy as np

from golive.compiling.exporters.scaling import Rows
from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.given import Given, Made

__all__ = ["EXPORTERS"]


def _splines(transformer: Any, given: Given, exports: Exports) -> Made:
    degree, beyond = transformer.degree, transformer.extrapolation
    if beyond not in ("constant", "linear") or degree < 2 or transformer.sparse_output:
        raise NotExportableError(
            f"SplineTransformer with extrapolation={beyond!r}, degree={degree} or sparse_output"
        )
    if getattr(transformer, "handle_missing", "error") != "error":
        raise NotExportableError("SplineTransformer that handles missing values")
    rows = Rows(given, exports)
    if rows.given.is_float32:
        raise NotExportableError("SplineTransformer of 32-bit floats")
    rows.check("finite")
    splines = transformer.bsplines_
    count = int(splines[0].c.shape[1])
    if any(not np.array_equal(spline.c, np.eye(count)) for spline in splines):
        raise NotExportableError("SplineTransformer with other splines than it makes itself")
    width = given.width * (count if transformer.include_bias else count - 1)
    args = {"degree": degree, "count": count, "has_all": bool(transformer.include_bias)}
    arrays = {
        "knots": np.stack([spline.t for spline in splines]),
        "slopes": np.stack([_slopes(spline, degree, beyond) for spline in splines]),
    }
    rows.nodes.append(exports.step("splines.basis", "dense", width, args=args, arrays=arrays))
    return rows.made(width=width)


def _slopes(spline: Any, degree: int, beyond: str) -> Any:
    """How each value goes on below the lowest and above the highest knot."""
    ends = spline.t[degree], spline.t[-degree - 1]
    slopes = np.stack([spline(end, nu=1) for end in ends])
    if beyond == "constant":
        return np.zeros_like(slopes)
    slopes[0, degree:] = 0.0
    slopes[1, :-degree] = 0.0
    return slopes


EXPORTERS: dict[str, Exporter] = {"sklearn.SplineTransformer": _splines}
