"""Blobs in an S3 bucket, or in another service that speaks its protocol."""

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

__all__ = ["S3Store"]

_EXISTS = ("PreconditionFailed", "412")
_CONFLICT = ("ConditionalRequestConflict", "409")
_ABSENT = ("NoSuchKey", "404", "NotFound")
_ATTEMPTS = 5


class S3Store:
    """A blob store in an S3 bucket.

    It writes with `If-None-Match: *`, so that S3 itself lets one writer win. Credentials, region
    and endpoint are those of boto3: environment, profile, or the role of the machine. It needs
    `s3:GetObject`, `s3:PutObject` and `s3:ListBucket`, and `s3:DeleteObject` to remove versions.

    Args:
        bucket: The bucket's name.
        prefix: What stands before every key, without a slash at its end; may be empty.
        seconds: How long to wait for a connection, and then for bytes, with one more attempt; None:
            10 and 60 seconds, with five more.

    Raises:
        MissingExtraError: boto3 is not installed.
        StoreUnavailableError: The profile or the endpoint that is named is none.
    """

    def __init__(self, bucket: str, prefix: str = "", *, seconds: float | None = None) -> None:
        boto3 = require("boto3", extra="aws")
        self._errors = require("botocore.exceptions", extra="aws")
        config = require("botocore.config", extra="aws").Config(
            retries={"mode": "standard", "total_max_attempts": 6 if seconds is None else 2},
            connect_timeout=10 if seconds is None else min(10, seconds),
            read_timeout=60 if seconds is None else min(60, seconds),
        )
        self._bucket = bucket
        self._before = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        with self._told(""):
            try:
                # boto3's common session is for one thread, and keeps the credentials it began with.
                self._client: Any = boto3.session.Session().client("s3", config=config)
            except ValueError as error:  # the endpoint is no address
                raise self._unavailable("", error) from error

    def put_if_absent(self, key: str, content: bytes | Path) -> bool:
        """See `BlobStore`."""
        name = self._before + checked_key(key)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._told(key):
                    self._put(name, content)
            except _RefusedError as refused:
                if refused.code in _EXISTS:
                    return False
                if refused.code not in _CONFLICT or attempt == _ATTEMPTS:
                    raise self._unavailable(key, refused) from refused
            else:
                return True
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def open(self, key: str) -> Iterator[Readable]:
        """See `BlobStore`."""
        name = self._before + checked_key(key)
        try:
            with self._told(key):
                found = self._client.get_object(Bucket=self._bucket, Key=name)
        except _RefusedError as refused:
            if refused.code in _ABSENT:
                raise BlobNotFoundError(f"There is no s3://{self._bucket}/{name}.") from refused
            raise self._unavailable(key, refused) from refused
        body = found["Body"]
        try:
            yield TellingReader(body, lambda: self._told(key))
        finally:
            body.close()

    def list(self, prefix: str) -> Iterator[Blob]:
        """See `BlobStore`."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._before + prefix
        )
        try:
            with self._told(prefix):
                found = [entry for page in pages for entry in page.get("Contents", ())]
        except _RefusedError as refused:
            raise self._unavailable(prefix, refused) from refused
        for entry in found:
            key = entry["Key"].removeprefix(self._before)
            yield Blob(key=key, size=entry["Size"], modified=entry["LastModified"])

    def delete(self, key: str) -> None:
        """See `BlobStore`."""
        name = self._before + checked_key(key)
        try:
            with self._told(key):
                self._client.delete_object(Bucket=self._bucket, Key=name)
        except _RefusedError as refused:
            raise self._unavailable(key, refused) from refused

    def _put(self, name: str, content: bytes | Path) -> None:
        if isinstance(content, bytes):
            self._client.put_object(Bucket=self._bucket, Key=name, Body=content, IfNoneMatch="*")
            return
        with content.open("rb") as file:
            self._client.put_object(Bucket=self._bucket, Key=name, Body=file, IfNoneMatch="*")

    @contextmanager
    def _told(self, key: str) -> Iterator[None]:
        """Tell what S3 refused from what it did not answer."""
        try:
            yield
        except self._errors.ClientError as error:
            told = error.response.get("Error", {})
            raise _RefusedError(str(told.get("Code", "")), str(told.get("Message", ""))) from error
        except (self._errors.BotoCoreError, self._errors.HTTPClientError) as error:
            raise self._unavailable(key, error) from error

    def _unavailable(self, key: str, error: Exception) -> StoreUnavailableError:
        return StoreUnavailableError(
            f"s3://{self._bucket}/{self._before}{key}: {error}",
            hint="Look at the credentials, the region and the bucket's policy: "
            f"aws s3 ls s3://{self._bucket}/{self._before}",
        )


class _RefusedError(Exception):
    """S3 answered with an error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
