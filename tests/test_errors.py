from __future__ import annotations

import inspect

from golive import errors
from golive.errors import BundleCorruptError, GoliveError, RecordError, UsageError


def test_every_error_is_exported_and_has_the_one_base():
    classes = {n for n, c in vars(errors).items() if inspect.isclass(c)}

    assert classes == set(errors.__all__)
    assert all(issubclass(getattr(errors, name), GoliveError) for name in classes)


def test_codes_are_stable_and_distinct():
    codes = [getattr(errors, name).code for name in errors.__all__ if name != "RecordError"]

    assert len(set(codes)) == len(codes)


def test_an_error_carries_its_facts():
    error = UsageError("No such file.", hint="golive pack …")

    assert (error.code, error.message, error.hint) == ("usage", "No such file.", "golive pack …")
    assert str(error) == "No such file."
    assert BundleCorruptError("changed", file="card.md").file == "card.md"


def test_a_record_error_names_its_code_and_field():
    error = RecordError("too_old", "x is too old.", "people[2].x")

    assert (error.code, error.message, error.field) == ("too_old", "x is too old.", "people[2].x")
