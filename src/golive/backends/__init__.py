"""Backends: processes that hold models apart from the one that has the port."""
