"""Fixtures of the tests that need a framework; each module skips where its own is not installed."""

from __future__ import annotations

import pytest
from tests.end_to_end import live_server
from tests.frameworks import in_process


@pytest.fixture
def serve():
    """A function that serves a bundle in this process: `with serve(bundle) as served: …`."""
    return in_process.serving


@pytest.fixture
def serve_apart(tmp_path):
    """The same with `golive serve`, in a process that has to import the framework."""
    return lambda bundle, *options: live_server.serving(bundle, tmp_path, *options)
