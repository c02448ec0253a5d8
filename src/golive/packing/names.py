"""Names of models: they stand in paths, URLs and references such as `games@prod`."""

from __future__ import annotations

import re

from golive.bundle.names import is_model_name
from golive.errors import UsageError

__all__ = ["checked_name", "name_from"]


def checked_name(name: str) -> str:
    """The name, if it can stand in a URL as it is.

    Raises:
        UsageError: It cannot; the hint is the flag with a name that can.
    """
    if is_model_name(name):
        return name
    raise UsageError(
        f"{name!r} cannot be a model's name: it stands in URLs, so it has ASCII letters, digits, "
        "'.', '_' and '-' only, and begins with a letter or digit.",
        hint=f"--name {name_from(name)}",
    )


def name_from(text: str) -> str:
    """A name made from a text such as a file's name."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).lstrip("._-")[:100].rstrip("-") or "model"
