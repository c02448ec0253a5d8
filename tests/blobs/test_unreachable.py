"""A bucket whose name does not resolve is one that does not answer, and says so soon."""

import socket
import time

import pytest

from golive.blobs.opening import open_store
from golive.blobs.store import StoreUnavailableError

pytestmark = pytest.mark.slow


@pytest.fixture(
    params=[
        pytest.param("s3", marks=pytest.mark.requires("boto3")),
        pytest.param("gs", marks=pytest.mark.requires("google-cloud-storage")),
    ]
)
def location(request, monkeypatch):
    """A bucket at a host that there never is (RFC 6761, 6.4)."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://s3.invalid")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://storage.invalid")
    return f"{request.param}://bucket/registry"


def test_a_name_that_does_not_resolve_is_told_within_a_minute(location):
    store, begun = open_store(location), time.monotonic()

    for ask in (lambda: [*store.list("games/")], lambda: store.put_if_absent("games/a", b"")):
        with pytest.raises(StoreUnavailableError, match=r"\.invalid") as raised:
            ask()
        assert raised.value.hint is not None

    assert time.monotonic() - begun < 120


@pytest.mark.requires("boto3")
def test_a_bucket_that_is_mute_is_given_up_within_the_seconds_of_who_asks(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{mute.getsockname()[1]}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        store, begun = open_store("s3://bucket/registry", seconds=0.5), time.monotonic()

        with pytest.raises(StoreUnavailableError), store.open("games/a"):
            pass

    assert time.monotonic() - begun < 10
