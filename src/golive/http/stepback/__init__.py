"""Stepping back: a candidate that does worse than the usual version is asked no more."""
