"""Which backend Keras computes with."""

import sys

import pytest

from golive.errors import MissingExtraError
from golive.runtimes import keras_backend


@pytest.mark.parametrize(
    ("backend", "command"),
    [
        ("tensorflow", "pip install 'golive[keras]'"),
        ("jax", "pip install 'golive[keras]' jax"),
    ],
)
def test_a_backend_that_is_missing_is_named_with_its_extra(monkeypatch, backend, command):
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setattr(keras_backend, "find_spec", lambda name: None)

    with pytest.raises(MissingExtraError) as caught:
        keras_backend.import_keras(backend)

    assert f"Keras's {backend} backend" in str(caught.value)
    assert caught.value.hint == command
