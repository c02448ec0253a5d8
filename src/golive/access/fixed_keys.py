"""Fixed keys: those that were packed with what they open, and never change while it runs."""

from __future__ import annotations

from collections.abc import Callable

from golive.access.errors import KeysError
from golive.access.key_format import decode_keys
from golive.access.keys import Key

__all__ = ["FixedKeys"]


class FixedKeys:
    """The keys of some bytes, which are those of a file of keys; a `KeyStore`.

    Who may read a package may read the hashes of secrets in it, which opens nothing, so that
    its mode is not looked at.

    Args:
        content: The bytes.
        source: What they are called in messages.

    Raises:
        KeysError: They are no file of keys, or not to be trusted.
    """

    def __init__(self, content: bytes, *, source: str) -> None:
        self._keys = decode_keys(content, source)
        self._source = source

    def read(self) -> tuple[Key, ...]:
        """Every key; see `KeyStore`."""
        return self._keys

    def change(self, edit: Callable[[tuple[Key, ...]], tuple[Key, ...]]) -> None:  # noqa: ARG002
        """Refuse; see `KeyStore`."""
        raise KeysError(
            f"The keys of {self._source} are fixed.",
            hint="change the file that was packed, and deploy it again",
        )

    def mark(self) -> object:
        """Always the same; see `KeyStore`."""
        return self._source
