"""Every example, trained in a copy of its folder."""

import sys

import pytest


@pytest.fixture(scope="session")
def train(prepared_examples):
    """Return a function that trains an example, once a session."""
    return prepared_examples.trained


@pytest.fixture
def matching(train, monkeypatch):
    """The module `match` of the matching example, beside its trained model."""
    for name in ("match", "features"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(train("matching").folder)
    import match

    yield match
    for name in ("match", "features"):
        sys.modules.pop(name, None)
