"""Checking: what would go wrong with a bundle before anybody calls it, and what two differ in."""
