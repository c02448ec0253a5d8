"""Exporters: fitted attributes become steps and arrays, a module a family."""
