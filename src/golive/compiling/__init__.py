"""Compiling: from a fitted estimator to a scorer's program, and the proof that both are equal."""
