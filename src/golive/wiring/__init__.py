"""Wiring: settings become objects, and objects one another."""
