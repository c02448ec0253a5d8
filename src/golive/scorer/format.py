"""The format of a program: a JSON file of steps and a file of raw arrays.

`program.json` holds

- `format_version`: an integer, see `FORMAT_VERSION`;
- `classes`: the number of classes, or null for regression;
- `arrays`: name to `[offset, count, type]` of each array in `arrays.bin`; the type is one of
  `ITEM_SIZES` (those of the module `array`), numbers are little-endian, and every array begins at a
  multiple of `ALIGNMENT` bytes, so that the file can be used as it is mapped into memory;
- `root`: the step that gives the answer. Its first child reads the record;
- `batches`: false where NumPy was found to answer batches otherwise: records are then always
  answered one by one. Absent elsewhere.

A step is an object with `op` (`family.name`, such as `scaling.standard`), `gives` (`table`,
`text`, `dense`, `sparse` or `estimator`), `width` (how many values it gives), and, where it has
them, `args` (JSON values), `arrays` (its own names to names in `arrays`) and `children` (steps).
Nothing in a program is executed: an op that is not known is refused.
"""

from __future__ import annotations

__all__ = [
    "ALIGNMENT",
    "ARRAYS",
    "FAMILIES",
    "FORMAT_VERSION",
    "ITEM_SIZES",
    "PROGRAM",
    "ProgramError",
]

FORMAT_VERSION = 1
PROGRAM = "program.json"
ARRAYS = "arrays.bin"
ALIGNMENT = 64
ITEM_SIZES = {"d": 8, "f": 4, "q": 8, "i": 4, "I": 4, "H": 2, "B": 1}
FAMILIES = frozenset(
    {
        "bayes", "boosting", "calibrating", "checking", "combining", "composing", "decomposing",
        "encoding", "ensembles", "histogram_boosting", "imputing", "inputs", "lightgbm", "linear",
        "neighbors", "neural", "scaling", "selecting", "splines", "svm", "targets", "text",
        "trees", "vectors", "xgboost",
    }
)  # fmt: skip
"""The families of ops: each is a module of `golive.scorer.rows`, and of `golive.scorer.batches`
where NumPy does better."""


class ProgramError(ValueError):
    """A program cannot be read: it is damaged, or of a newer golive."""
