"""S3 refuses, goes away, and loses answers: what was not done is told, and nothing is half done."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from tests.blobs.proxy import Proxy, proxy_before
from tests.registry.bundles import small_bundle

from golive.blobs.opening import open_store
from golive.blobs.store import BlobNotFoundError, BlobStore, StoreUnavailableError
from golive.registry.registry import Registry

pytestmark = pytest.mark.requires("s3")

DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    with proxy_before(os.environ["AWS_ENDPOINT_URL_S3"]) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
        yield proxy


@pytest.fixture
def location() -> str:
    return f"s3://{os.environ['GOLIVE_TEST_S3_BUCKET']}/{uuid4().hex}"


@pytest.fixture
def store(proxy: Proxy, location: str) -> BlobStore:
    return open_store(location)


def test_a_connection_that_breaks_while_reading_is_told(proxy: Proxy, store: BlobStore) -> None:
    store.put_if_absent("a", bytes(1 << 20))
    proxy.cut_after = 300_000
    told = pytest.raises(StoreUnavailableError, match=r"s3://golive-tests/\w+/a: ")
    with store.open("a") as file, told:
        list(iter(lambda: file.read(1 << 16), b""))
    proxy.cut_after = None
    with store.open("a") as file:
        assert file.read() == bytes(1 << 20)


def test_a_bucket_that_was_away_is_used_again(proxy: Proxy, store: BlobStore) -> None:
    store.put_if_absent("a", b"1")
    proxy.is_away = True
    with pytest.raises(StoreUnavailableError), store.open("a"):
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


def test_versions_are_pushed_once_where_answers_are_lost(
    proxy: Proxy, location: str, tmp_path: Path
) -> None:
    registry = Registry(open_store(location), location=location, by="ada")
    for number in range(1, 7):
        proxy.to_lose = number % 4
        assert registry.push(small_bundle(tmp_path, f"{number}")).version.number == number
        proxy.to_lose = number % 3
        registry.move("games", "prod", number)
    proxy.to_lose = 0
    history = Registry(open_store(location), location=location, by="bob").history("games")
    assert history.last == 12
    assert history.before == {"prod": (1, 2, 3, 4, 5)}


def test_what_is_forbidden_is_told(proxy: Proxy, store: BlobStore) -> None:
    head = f"HTTP/1.1 403 Forbidden\r\ncontent-length: {len(DENIED)}\r\nconnection: close\r\n\r\n"
    proxy.answer = head.encode() + DENIED
    with pytest.raises(StoreUnavailableError, match="AccessDenied") as raised:
        store.put_if_absent("a", b"")
    assert "the bucket's policy" in str(raised.value.hint)
    with pytest.raises(StoreUnavailableError, match="AccessDenied"), store.open("a"):
        pass
    with pytest.raises(StoreUnavailableError, match="AccessDenied"):
        list(store.list(""))
    with pytest.raises(StoreUnavailableError, match="AccessDenied"):
        store.delete("a")


def test_no_credentials_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, location: str
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    with pytest.raises(StoreUnavailableError, match="Unable to locate credentials") as raised:
        list(open_store(location).list(""))
    assert "Look at the credentials" in str(raised.value.hint)


def test_a_profile_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    with pytest.raises(StoreUnavailableError, match="no-such-profile"):
        open_store(location)


def test_an_address_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, location: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "127.0.0.1")
    with pytest.raises(StoreUnavailableError, match="endpoint"):
        open_store(location)


def test_a_missing_bucket_is_no_missing_blob() -> None:
    store = open_store(f"s3://golive-no-such-bucket-{uuid4().hex}")
    with pytest.raises(StoreUnavailableError, match="NoSuchBucket"), store.open("a"):
        pass
    with pytest.raises(StoreUnavailableError, match="NoSuchBucket"):
        store.put_if_absent("a", b"")
    with pytest.raises(StoreUnavailableError, match="NoSuchBucket"):
        store.delete("a")


def test_a_blob_that_is_removed_beside_a_reader_is_missing_to_the_next(store: BlobStore) -> None:
    store.put_if_absent("a", b"1")
    with store.open("a") as file:
        store.delete("a")
        assert file.read() == b"1"
    with pytest.raises(BlobNotFoundError), store.open("a"):
        pass
