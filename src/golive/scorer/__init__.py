"""The scorer: runs compiled models with nothing but the standard library.

A program is a tree of steps (`program.json`) over raw arrays (`arrays.bin`); `golive.scorer.format`
says how both are written. `golive.scorer.rows` interprets it for single records and imports the
standard library alone; `golive.scorer.batches` interprets the same tree with NumPy.
"""
