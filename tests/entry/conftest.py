from __future__ import annotations

import pytest
from tests.small_bundles import binary_bundle


@pytest.fixture(scope="session")
def bundle(once_a_run):
    """A packed binary model `m` of two numbers."""
    return binary_bundle(once_a_run, "m")
