"""Fakes that pass the conformance suites of their seams."""
