"""Blobs in a Google Cloud Storage bucket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from golive.blobs.store import (
    Blob,
    BlobNotFoundError,
    Readable,
    StoreUnavailableError,
    TellingReader,
    checked_key,
)
from golive.optional import require

__all__ = ["GcsStore"]

_SECONDS = 60
_PART = 1 << 23


class GcsStore:
    """A blob store in a Google Cloud Storage bucket.

    It writes with `ifGenerationMatch=0`, so that the service itself lets one writer win.
    Credentials are the application's default ones. It needs `storage.objects.get`, `create` and
    `list`, and `delete` to remove versions.

    Args:
        bucket: The bucket's name.
        prefix: What stands before every key, without a slash at its end; may be empty.
        patience: For so many seconds a request that fails is sent again.

    Raises:
        MissingExtraError: google-cloud-storage is not installed.
        StoreUnavailableError: There are no credentials.
    """

    def __init__(self, bucket: str, prefix: str = "", *, patience: float = 20) -> None:
        storage = require("google.cloud.storage", extra="gcp")
        self._errors = require("google.api_core.exceptions", extra="gcp")
        self._auth = require("google.auth.exceptions", extra="gcp")
        self._corruption = require("google.cloud.storage.exceptions", extra="gcp").DataCorruption
        retry = require("google.cloud.storage.retry", extra="gcp").DEFAULT_RETRY
        self._how: dict[str, Any] = {"timeout": _SECONDS, "retry": retry.with_timeout(patience)}
        self._name = bucket
        self._before = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        with self._told(""):
            self._client: Any = storage.Client()
        self._bucket: Any = self._client.bucket(bucket)

    def put_if_absent(self, key: str, content: bytes | Path) -> bool:
        """See `BlobStore`."""
        blob = self._bucket.blob(self._before + checked_key(key), chunk_size=_PART)
        how = {**self._how, "if_generation_match": 0, "checksum": "crc32c"}
        try:
            with self._told(key):
                if isinstance(content, bytes):
                    blob.upload_from_string(content, "application/octet-stream", **how)
                else:
                    blob.upload_from_filename(str(content), "application/octet-stream", **how)
        except _ExistsError:
            return False
        return True

    @contextmanager
    def open(self, key: str) -> Iterator[Readable]:
        """See `BlobStore`."""
        name = self._before + checked_key(key)
        with self._told(key):
            blob = self._bucket.get_blob(name, **self._how)
            if blob is None:
                self._make_sure_of_the_bucket()
                raise BlobNotFoundError(f"There is no gs://{self._name}/{name}.")
            file = blob.open("rb", chunk_size=_PART, **self._how)
        with file:
            yield TellingReader(file, lambda: self._told(key))

    def list(self, prefix: str) -> Iterator[Blob]:
        """See `BlobStore`."""
        with self._told(prefix):
            found = list(
                self._client.list_blobs(self._name, prefix=self._before + prefix, **self._how)
            )
        for blob in sorted(found, key=lambda each: str(each.name)):
            key = blob.name.removeprefix(self._before)
            yield Blob(key=key, size=blob.size, modified=blob.time_created)

    def delete(self, key: str) -> None:
        """See `BlobStore`."""
        name = self._before + checked_key(key)
        with self._told(key):
            try:
                self._bucket.blob(name).delete(**self._how)
            except self._errors.NotFound:
                return

    def _make_sure_of_the_bucket(self) -> None:
        """Fail where there is no bucket, of which the service says as little as of an object."""
        next(iter(self._client.list_blobs(self._name, max_results=1, **self._how)), None)

    @contextmanager
    def _told(self, key: str) -> Iterator[None]:
        """Say of an error of the service what could not be done."""
        try:
            yield
        except self._errors.PreconditionFailed as error:
            raise _ExistsError from error
        except (
            self._errors.GoogleAPIError,
            self._auth.GoogleAuthError,
            self._corruption,
            OSError,
        ) as error:
            raise StoreUnavailableError(
                f"gs://{self._name}/{self._before}{key}: {error}",
                hint="Look at the credentials and the bucket: gcloud auth application-default "
                f"login; gcloud storage ls gs://{self._name}",
            ) from error


class _ExistsError(Exception):
    """There is something under the key already."""
