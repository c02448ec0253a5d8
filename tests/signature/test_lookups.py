"""Lookups in a signature."""

import pytest
from msgspec.structs import replace

from golive.errors import SignatureError
from golive.signature.lookups import check_lookups
from golive.signature.model import Column, Lookup, Output, Signature
from golive.signature.toml_format import dumps
from golive.signature.toml_reading import loads

USERS = Lookup(name="users", key="user_id", columns=("orders", "segment"))
SIGNATURE = Signature(
    form="frame",
    columns=tuple(
        Column(name=name, type="number", dtype="float64") for name in ("price", "orders", "segment")
    ),
    output=Output(kind="regression"),
    lookups=(USERS,),
)


def changed(**changes):
    return replace(SIGNATURE, lookups=(replace(USERS, **changes),))


def test_a_lookup_is_a_table_that_is_read_back():
    text = dumps(SIGNATURE)

    assert '[[lookup]]\nname = "users"\nkey = "user_id"\ncolumns = ["orders", "segment"]\n' in text
    assert loads(text) == SIGNATURE


def test_what_is_looked_up_and_by_what_can_be_asked():
    by_price = replace(SIGNATURE, lookups=(replace(USERS, key="price"),))

    assert SIGNATURE.looked_up == {"orders", "segment"}
    assert SIGNATURE.key_names == ("user_id",)
    assert by_price.key_names == ()


@pytest.mark.parametrize(
    ("signature", "problem"),
    [
        (changed(name="a b"), 'The lookup "a b": a name has letters, digits and `._-` only.'),
        (changed(key="records"), 'The lookup "users": the key cannot be called "records".'),
        (changed(key=""), 'The lookup "users": the key cannot be called "".'),
        (changed(columns=()), 'The lookup "users": it has no columns.'),
        (changed(columns=("orders",) * 2), 'The lookup "users": it names a column twice.'),
        (changed(columns=("age",)), 'The lookup "users": "age" is no column of the model.'),
        (changed(key="orders"), 'The lookup "users": its key "orders" is itself looked up.'),
        (
            replace(SIGNATURE, lookups=(USERS, replace(USERS, columns=("price",)))),
            'The lookup "users": its name stands there twice.',
        ),
        (
            replace(SIGNATURE, lookups=(USERS, replace(USERS, name="more"))),
            'The lookup "more": the column "orders" is looked up in "users".',
        ),
        (
            replace(SIGNATURE, form="series"),
            "A model of the form series has no columns that can be looked up.",
        ),
    ],
)
def test_a_lookup_that_cannot_be_is_refused(signature, problem):
    with pytest.raises(SignatureError) as caught:
        check_lookups(signature)

    assert caught.value.message == problem


def test_a_lookup_that_cannot_be_is_refused_when_it_is_read():
    with pytest.raises(SignatureError, match='"age" is no column of the model'):
        loads(dumps(changed(columns=("age",))))


def test_a_key_that_is_missing_is_named_with_its_line():
    text = dumps(SIGNATURE).replace('key = "user_id"\n', "")

    with pytest.raises(SignatureError, match=r"line \d+, column 1: \[lookup\]: `key` is missing"):
        loads(text)
