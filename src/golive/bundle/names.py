"""The names that models can have: they stand in paths, URLs and references such as `games@prod`."""

from __future__ import annotations

import re

__all__ = ["is_model_name"]

_ALLOWED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def is_model_name(text: str) -> bool:
    """Whether a model can have the name: it can stand in a URL as it is."""
    return _ALLOWED.fullmatch(text) is not None
