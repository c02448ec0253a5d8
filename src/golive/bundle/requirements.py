"""The requirements: the exact packages that the model needs, one a line."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["decode_requirements", "encode_requirements"]

_COMMENT = re.compile(r"(^|\s)#.*$")


def encode_requirements(requirements: Iterable[str]) -> bytes:
    """The bytes of requirements.txt, sorted; each requirement such as `scikit-learn==1.5.2`."""
    return "".join(f"{line}\n" for line in sorted(set(requirements), key=str.lower)).encode()


def decode_requirements(text: str) -> tuple[str, ...]:
    """The requirements of the text of requirements.txt, without comments and empty lines."""
    lines = (_COMMENT.sub("", line).strip() for line in text.splitlines())
    return tuple(line for line in lines if line)
