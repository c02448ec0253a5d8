"""Files beside the manifest: what a bundle holds, and the file of keys."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from fuzzing.seeds import sample_files
from fuzzing.target import Target, same_twice
from golive.access.errors import KeysError
from golive.access.key_file import KeyFile
from golive.bundle.golden import decode_golden
from golive.bundle.profile_format import decode_profile
from golive.bundle.proof_format import decode_proof
from golive.bundle.requirements import decode_requirements
from golive.errors import BundleError, SignatureError
from golive.signature.toml_format import dumps
from golive.signature.toml_reading import loads

__all__ = ["TARGETS"]

_READERS: tuple[tuple[str, Callable[[bytes], object]], ...] = (
    ("golden.jsonl", decode_golden),
    ("profile.json", decode_profile),
    ("proof.json", decode_proof),
    ("signature.toml", lambda data: dumps(loads(data.decode("utf-8", "replace")))),
    ("requirements.txt", lambda data: decode_requirements(data.decode("utf-8", "replace"))),
)


def check_bundle(data: bytes) -> None:
    """The first byte says which file it is; it is read or refused."""
    if data:
        _, read = _READERS[data[0] % len(_READERS)]
        same_twice(lambda: read(data[1:]), (BundleError, SignatureError))


def check_keys(data: bytes) -> None:
    """A file of keys is read or refused; it is one that its owner alone can read."""
    with tempfile.NamedTemporaryFile(dir=_MEMORY) as file:
        file.write(data)
        file.flush()
        same_twice(lambda: KeyFile(Path(file.name)).read(), KeysError)


_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
_KEY = (
    '{"id": "0123456789ab", "name": "partner", "sha256": "' + "a" * 64 + '",'
    ' "created": "2026-01-02T03:04:05Z", "expires": "2027-01-02T03:04:05+01:00",'
    ' "scopes": {"models": ["m"], "routes": ["/v1/*"]}, "rate": {"count": 10, "seconds": 1},'
    ' "burst": 10, "quotas": [{"count": 100, "period": "day"}], "unit": "record",'
    ' "former": {"sha256": "' + "b" * 64 + '", "until": "2026-01-03T03:04:05Z"}}'
)

TARGETS = {
    "bundle": Target(
        about="golden records, profile, proof, signature and requirements of bundles",
        check=check_bundle,
        seeds=tuple(
            bytes([at]) + data
            for at, (name, _) in enumerate(_READERS)
            for data in sample_files(name)
        ),
        words=(
            b'{"record":', b'"output":', b"[[[[[[[[[[[[[[[[", b"null", b"1e400", b"\\ud800",
            b"[[column]]", b"[output]", b'type = "', b"inf", b"nan", b"1979-05-27T07:32:00Z",
            b'"""', b"\\u0000", b"==",
        ),
        longest=16_384,
    ),
    "keys": Target(
        about="files of API keys",
        check=check_keys,
        seeds=(
            b'{"format": 1, "keys": []}',
            b'{"format": 1, "keys": [' + _KEY.encode() + b"]}",
        ),
        words=(b'"format"', b'"keys"', b'"id"', b'"expires"', b"null", b"[[[[",
        b"9999-12-31T23:59:59Z"),
    ),
}  # fmt: skip
