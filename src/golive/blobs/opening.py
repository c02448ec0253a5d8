"""Opening a blob store by its location: a folder, `s3://BUCKET/PREFIX` or `gs://BUCKET/PREFIX`."""

from __future__ import annotations

from pathlib import Path

from golive.blobs.folder import FolderStore
from golive.blobs.store import BlobStore
from golive.errors import UsageError

__all__ = ["open_store"]


def open_store(location: str, *, seconds: float | None = None) -> BlobStore:
    """The blob store at a location; nothing is asked of it yet.

    Args:
        location: A folder's path, `s3://BUCKET[/PREFIX]` or `gs://BUCKET[/PREFIX]`.
        seconds: How long to wait for S3; None: as usual.

    Raises:
        UsageError: It names no bucket.
        MissingExtraError: The package that speaks with such buckets is not installed.
    """
    scheme, mark, rest = location.partition("://")
    if not mark:
        return FolderStore(Path(location).expanduser().absolute())
    bucket, _, prefix = rest.partition("/")
    if not bucket:
        raise UsageError(f"{location!r} names no bucket.", hint=f"{scheme}://BUCKET/PREFIX")
    if scheme == "s3":
        from golive.blobs.s3 import S3Store

        return S3Store(bucket, prefix, seconds=seconds)
    if scheme == "gs":
        from golive.blobs.gcs import GcsStore

        return GcsStore(bucket, prefix)
    raise UsageError(
        f"{location!r} is no place for a registry that golive knows.",
        hint="A folder, s3://BUCKET/PREFIX or gs://BUCKET/PREFIX.",
    )
