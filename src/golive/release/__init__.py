"""Releases: whether a version may take the place of the one that callers get now."""
