"""Google Cloud Storage goes away, has no such bucket, or lets nobody in: it is told."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from tests.blobs.proxy import Proxy, proxy_before
from tests.registry.bundles import small_bundle

from golive.blobs.gcs import GcsStore
from golive.blobs.opening import open_store
from golive.blobs.store import StoreUnavailableError
from golive.registry.registry import Registry

pytestmark = pytest.mark.requires("gcs")


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    with proxy_before(os.environ["STORAGE_EMULATOR_HOST"]) as proxy:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", proxy.url)
        yield proxy


@pytest.fixture
def location() -> str:
    return f"gs://{os.environ['GOLIVE_TEST_GCS_BUCKET']}/{uuid4().hex}"


def test_versions_are_pushed_once_where_answers_are_lost(
    proxy: Proxy, location: str, tmp_path: Path
) -> None:
    registry = Registry(open_store(location), location=location, by="ada")
    for number in (1, 2):
        proxy.to_lose = number
        assert registry.push(small_bundle(tmp_path, f"{number}")).version.number == number
    proxy.to_lose = 0
    history = Registry(open_store(location), location=location, by="bob").history("games")
    assert history.last == 2


def test_a_bucket_that_was_away_is_used_again(proxy: Proxy, location: str) -> None:
    _, _, bucket, prefix = location.split("/")
    store = GcsStore(bucket, prefix, patience=1)
    store.put_if_absent("a", b"1")
    proxy.is_away = True
    with pytest.raises(StoreUnavailableError, match=r"gs://golive-tests/\w+/a: "), store.open("a"):
        pass
    with pytest.raises(StoreUnavailableError):
        store.put_if_absent("b", b"2")
    with pytest.raises(StoreUnavailableError):
        list(store.list(""))
    with pytest.raises(StoreUnavailableError):
        store.delete("a")
    proxy.is_away = False
    assert [blob.key for blob in store.list("")] == ["a"]
    assert store.put_if_absent("b", b"2")


def test_a_missing_bucket_is_no_missing_blob() -> None:
    store = open_store(f"gs://golive-no-such-bucket-{uuid4().hex}")
    with pytest.raises(StoreUnavailableError) as raised, store.open("a"):
        pass
    assert "gcloud storage ls gs://golive-no-such-bucket" in str(raised.value.hint)
    with pytest.raises(StoreUnavailableError):
        store.put_if_absent("a", b"")
    with pytest.raises(StoreUnavailableError):
        list(store.list(""))


def test_no_credentials_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, location: str
) -> None:
    monkeypatch.delenv("STORAGE_EMULATOR_HOST")
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    with pytest.raises(StoreUnavailableError, match="credentials were not found") as raised:
        open_store(location)
    assert "gcloud auth application-default login" in str(raised.value.hint)
