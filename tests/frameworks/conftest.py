"""Fixtures of the tests that need a framework; each module skips where its own is not installed."""

from __future__ import annotations

import pytest
from tests.end_to_end.live_server import serving


@pytest.fixture
def serve(tmp_path):
    """A function that serves a bundle: `with serve(bundle) as served: …`."""
    return lambda bundle, *options: serving(bundle, tmp_path, *options)
