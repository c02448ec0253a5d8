"""Names of what a deployment has on AWS: shorter than a model's, and of fewer letters."""

from __future__ import annotations

import hashlib
import re

__all__ = ["ALIAS", "STORE_STACK", "deployment_name"]

ALIAS = "live"
"""The alias of the function that the front door asks."""

STORE_STACK = "golive-store"
"""The stack of the bucket that all deployments of a region share."""

_LONGEST = 48
"""A function's name has 64 characters, and what is named after it needs some of them."""
_OTHER = re.compile(r"[^A-Za-z0-9-]+")


def deployment_name(model: str, stage: str) -> str:
    """What the stack, the function and all that belongs to them are called.

    Letters that AWS does not have become hyphens, and what is too long is cut; such a name ends
    with six digits of the model's, so that two models never meet in one.

    Examples:
        >>> deployment_name("games", "prod")
        'golive-games-prod'
        >>> deployment_name("games.v2", "dev")
        'golive-games-v2-5b9a0c-dev'
    """
    room = _LONGEST - len("golive--") - len(stage)
    plain = _OTHER.sub("-", model).strip("-")
    if plain != model or len(plain) > room:
        digits = hashlib.sha256(model.encode()).hexdigest()[:6]
        plain = f"{plain[: room - 7].rstrip('-')}-{digits}"
    return f"golive-{plain}-{stage}"
