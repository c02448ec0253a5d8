from __future__ import annotations

import pytest
from msgspec.structs import replace
from tests.small_bundles import binary_bundle

import golive
from golive.signature.model import Lookup
from golive.signature.toml_format import dumps


@pytest.fixture(scope="session")
def bundle(once_a_run):
    """A packed binary model `m` of two numbers."""
    return binary_bundle(once_a_run, "m")


@pytest.fixture(scope="session")
def looking(bundle, once_a_run):
    """The bundle `m`, whose column `b` is looked up by `user_id` and is 0 by default."""

    def repack(output):
        a, b = bundle.signature.columns
        signature = replace(
            bundle.signature,
            columns=(a, replace(b, on_missing="default", default=0.0)),
            lookups=(Lookup(name="users", key="user_id", columns=("b",)),),
        )
        edited = output.with_name("edited.toml")
        edited.write_text(dumps(signature))
        golive.repack(bundle.path, signature=edited, output=output)

    return once_a_run.bundle("lookups/looking", repack)
