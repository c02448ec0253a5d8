"""Benchmarks that anyone can run: the same models, served by golive and by its peers."""
