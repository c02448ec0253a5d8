"""The interpreter of batches: the same programs with NumPy, for many records at a time."""
