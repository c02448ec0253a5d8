"""Lookups of a signature: whether what it says of them can be."""

from __future__ import annotations

import re

from golive.errors import SignatureError
from golive.signature.model import Lookup, Signature

__all__ = ["check_lookups"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_RESERVED = "records"
_FORMS = ("frame", "matrix", "tensors")


def check_lookups(signature: Signature) -> None:
    """Refuse lookups that name no column, or one that another has.

    Raises:
        SignatureError: Naming the lookup, and what is wrong with it.
    """
    if signature.form not in _FORMS:
        raise SignatureError(
            f"A model of the form {signature.form} has no columns that can be looked up.",
            hint="Leave [[lookup]] out.",
        )
    names = [lookup.name for lookup in signature.lookups]
    taken: dict[str, str] = {}
    for at, lookup in enumerate(signature.lookups):
        problem = _problem(lookup, signature, taken)
        if lookup.name in names[:at]:
            problem = "its name stands there twice"
        if problem:
            raise SignatureError(
                f'The lookup "{lookup.name}": {problem}.', hint="Mend its [[lookup]] table."
            )
        taken |= dict.fromkeys(lookup.columns, lookup.name)


def _problem(lookup: Lookup, signature: Signature, taken: dict[str, str]) -> str:
    """What is wrong with a lookup by itself and beside those before; empty if nothing is."""
    if not _NAME.fullmatch(lookup.name):
        return "a name has letters, digits and `._-` only"
    if not lookup.key or lookup.key == _RESERVED:
        return f'the key cannot be called "{lookup.key}"'
    if lookup.key in signature.looked_up:
        return f'its key "{lookup.key}" is itself looked up'
    return _problem_of_columns(lookup.columns, signature.column_names, taken)


def _problem_of_columns(
    names: tuple[str, ...], known: tuple[str, ...], taken: dict[str, str]
) -> str:
    if not names:
        return "it has no columns"
    if len(set(names)) < len(names):
        return "it names a column twice"
    for name in names:
        if name not in known:
            return f'"{name}" is no column of the model'
        if name in taken:
            return f'the column "{name}" is looked up in "{taken[name]}"'
    return ""
