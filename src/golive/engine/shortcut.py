"""Shortcuts: bodies that are one plain record, answered with as few steps as can be.

What a shortcut gives is what reading, answering and labelling the body by the usual steps gives;
where there is any doubt it gives nothing, and those steps are taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from golive.engine.answers import Answer, Fault
from golive.engine.single_record import ReadOne

__all__ = ["Shortcut", "SingleAnswers", "shortcut_of"]

Shortcut = Callable[[bytes], tuple[Answer, int] | None]
"""Gives the answer to the record that a body is, and how many of its values are outside the
sample's range; or None."""


class SingleAnswers(Protocol):
    """A model that answers one record for less than a batch of it.

    Attributes:
        predict_one: Gives what the model says of one record's values; see `Model`. It may be
            replaced by another function at any time.
    """

    predict_one: Callable[[list[Any]], Any]


def shortcut_of(
    read: ReadOne,
    model: SingleAnswers,
    label: Callable[[Any], Answer | Fault],
) -> Shortcut:
    """The shortcut of a model that answers single records.

    Args:
        read: Gives the values of a body.
        model: Answers one record.
        label: Makes the record's entry of it.
    """

    def answer(body: bytes) -> tuple[Answer, int] | None:
        found = read(body)
        if found is None:
            return None
        values, out_of_range = found
        try:
            entry = label(model.predict_one([*values]))
        except BaseException:  # noqa: BLE001 - the usual steps find out whose fault it is
            return None
        return (entry, out_of_range) if isinstance(entry, Answer) else None

    return answer
