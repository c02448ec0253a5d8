"""Faults: load on real servers while all goes wrong that can, and what became of each request."""
