"""Every route of real servers, with no keys, with a key and without the key that is needed."""

import pytest

from fuzzing.routes import fuzz_routes


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_routes_with_and_without_keys_have_no_fault(tmp_path, project):
    runs, found = fuzz_routes(tmp_path, seconds=0, seed=20261128, root=project)

    assert found == []
    assert runs > 1000
