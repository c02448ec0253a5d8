"""Refreshing: a running server takes the version that a reference names now."""
