"""Records that get looked-up columns before they are read."""

import json

import numpy as np
import pytest
from msgspec.structs import replace
from tests.engine.hostile_bodies import HOSTILE_BODIES
from tests.engine.hostile_bodies import SIGNATURE as HOSTILE_SIGNATURE

from golive.engine.answers import Defaulted, Fault
from golive.engine.decode import Decoder
from golive.engine.envelope import Envelope
from golive.engine.filling import Filler
from golive.errors import RequestError
from golive.lookups.errors import LookupTimeoutError, LookupUnavailableError
from golive.signature.model import Column, Lookup, Output, Signature
from golive.testing.lookups import MemoryLookups

SIGNATURE = Signature(
    form="frame",
    columns=(
        Column(name="price", type="number", dtype="float64"),
        Column(name="orders", type="integer", dtype="int64", on_missing="default", default=-1),
        Column(
            name="segment",
            type="category",
            dtype="object",
            categories=("a", "b"),
            on_unseen="error",
            on_missing="null",
            on_null="pass",
        ),
    ),
    output=Output(kind="regression"),
    lookups=(Lookup(name="users", key="user_id", columns=("orders", "segment")),),
    on_extra="error",
)
STRICT = replace(
    SIGNATURE,
    columns=tuple(replace(column, on_missing="error") for column in SIGNATURE.columns),
)
ROWS = {
    "7": {"orders": 3, "segment": "a"},
    "8": {"orders": 4},
    "bad": {"orders": "many", "segment": "z"},
}
ASKS = {"price": 1.5, "user_id": 7}


def decoder_of(store=None, signature=SIGNATURE, **options):
    decoder = Decoder(signature)
    store = MemoryLookups(ROWS, **options) if store is None else store
    decoder.fill_with(Filler(signature, {"users": store}))
    return decoder


def decode(*records, store=None, signature=SIGNATURE):
    return decoder_of(store, signature).decode_body(json.dumps(list(records)).encode())


def columns_of(decoded):
    return [list(column) for column in decoded.batch.columns]


def test_a_record_gets_what_it_lacks():
    decoded = decode(ASKS)

    assert columns_of(decoded) == [[1.5], [3], ["a"]]
    assert (decoded.faults, decoded.defaults, decoded.extra_columns) == ({}, {}, 0)


def test_what_a_caller_sends_counts_and_a_null_is_sent():
    decoded = decode(ASKS | {"orders": 9}, ASKS | {"orders": 9, "segment": None})

    assert columns_of(decoded) == [[1.5, 1.5], [9, 9], ["a", None]]


def test_records_that_have_all_columns_need_no_key_and_nobody_is_asked():
    store = MemoryLookups(ROWS)

    decoded = decode({"price": 1.5, "orders": 9, "segment": "b"}, store=store)

    assert columns_of(decoded) == [[1.5], [9], ["b"]]
    assert store.fetched == []


def test_all_records_of_a_request_are_one_question_with_each_key_once():
    store = MemoryLookups(ROWS)

    decode(ASKS, ASKS, ASKS | {"user_id": "8"}, ASKS | {"user_id": "7"}, store=store)

    assert store.fetched == [["7", "8"]]


def test_what_is_not_there_has_its_default_and_the_reason_is_told_for_each_record():
    decoded = decode(
        ASKS, ASKS | {"user_id": "nobody"}, ASKS | {"user_id": 8}, {**ASKS, "user_id": None}
    )

    assert columns_of(decoded) == [[1.5] * 4, [3, -1, 4, -1], ["a", None, None, None]]
    assert decoded.defaults == {
        1: [Defaulted(lookup="users", because="key_not_found", columns=("orders", "segment"))],
        2: [Defaulted(lookup="users", because="column_not_found", columns=("segment",))],
        3: [Defaulted(lookup="users", because="key_is_null", columns=("orders", "segment"))],
    }


@pytest.mark.parametrize(
    ("error", "reason"),
    [(LookupTimeoutError("late"), "timeout"), (LookupUnavailableError("down"), "unavailable")],
)
def test_a_store_that_does_not_answer_costs_no_record(error, reason):
    store = MemoryLookups(ROWS)
    store.failure = error

    decoded = decode(ASKS, ASKS | {"orders": 9}, store=store)

    assert columns_of(decoded) == [[1.5, 1.5], [-1, 9], [None, None]]
    assert decoded.defaults == {
        0: [Defaulted(lookup="users", because=reason, columns=("orders", "segment"))],
        1: [Defaulted(lookup="users", because=reason, columns=("segment",))],
    }


def test_a_column_without_a_default_fails_its_record_and_says_why():
    decoded = decode(ASKS, ASKS | {"user_id": "nobody"}, ASKS | {"user_id": 8}, signature=STRICT)

    assert decoded.indices == [0]
    assert decoded.defaults == {}
    assert decoded.faults == {
        1: Fault(
            "lookup_missed",
            '"orders" is missing, and users has nothing under the "user_id" "nobody"; '
            'send "orders"',
            "orders",
            others=(
                Fault(
                    "lookup_missed",
                    '"segment" is missing, and users has nothing under the "user_id" "nobody"; '
                    'send "segment"',
                    "segment",
                ),
            ),
        ),
        2: Fault(
            "lookup_missed",
            '"segment" is missing, and users does not have it under the "user_id" 8; '
            'send "segment"',
            "segment",
        ),
    }


def test_a_store_that_does_not_answer_is_not_the_fault_of_the_input():
    store = MemoryLookups(ROWS)
    store.failure = LookupTimeoutError("late")

    fault = decode(ASKS | {"segment": "a"}, store=store, signature=STRICT).faults[0]

    assert (fault.code, fault.origin, fault.field) == ("lookup_failed", "model", "orders")
    assert fault.message == (
        '"orders" is missing, and users did not answer in time; ask again, or send "orders"'
    )


def test_a_key_has_to_be_sent_where_something_is_to_be_looked_up():
    fault = decode({"price": 1.5, "orders": 9}).faults[0]

    assert fault == Fault(
        "missing_column",
        '"user_id" is missing; send it, or send "orders", "segment"',
        "user_id",
    )


@pytest.mark.parametrize("key", [True, 1.5, [], {}, 2**63, 1e300])
def test_a_key_is_a_text_or_an_integer(key):
    fault = decode(ASKS | {"user_id": key}).faults[0]

    assert (fault.code, fault.field) == ("wrong_type", "user_id")
    assert fault.message.startswith('"user_id" must be a text or an integer of 64 bits, got ')


@pytest.mark.parametrize("key", [7, 7.0, "7"])
def test_the_text_of_a_number_is_its_key(key):
    assert columns_of(decode(ASKS | {"user_id": key}))[1] == [3]


def test_every_fault_of_a_record_is_told():
    fault = decode({"price": "much", "more": 1}).faults[0]

    assert [(each.code, each.field) for each in (fault, *fault.others)] == [
        ("missing_column", "user_id"),
        ("wrong_type", "price"),
        ("extra_column", "more"),
    ]


def test_looked_up_values_are_checked_as_those_of_callers_and_say_where_they_are_from():
    fault = decode(ASKS | {"user_id": "bad"}).faults[0]

    assert [(each.code, each.field) for each in (fault, *fault.others)] == [
        ("wrong_type", "orders"),
        ("unseen_category", "segment"),
    ]
    assert fault.message.endswith(" (looked up in users)")


def test_the_record_of_a_caller_stays_as_it_is():
    record = dict(ASKS)

    decoder_of().decode_rows([record])

    assert record == ASKS


def test_every_way_in_is_filled():
    decoder = decoder_of()

    found = [
        decoder.decode_body(b'{"price": 1.5, "user_id": "7"}'),
        decoder.decode_body(b'{"records": [{"price": 1.5, "user_id": "7"}], "ids": [1]}'),
        decoder.decode_envelope(Envelope(records=[ASKS])),
        decoder.decode_csv(b"price,user_id\n1.5,7\n"),
        decoder.decode_query([("price", "1.5"), ("user_id", "7")]),
        decoder.decode_texts([{"price": "1.5", "user_id": "7"}], decoder.decode_rows([]).options),
        decoder.decode_rows([{"price": np.float64(1.5), "user_id": np.int64(7)}]),
    ]

    assert [columns_of(decoded) for decoded in found] == [[[1.5], [3], ["a"]]] * 7
    assert decoder.values_of_one is None


def test_texts_of_a_store_mean_what_they_mean_in_a_csv():
    rows = {"7": {"orders": " 3", "segment": ""}}
    store = MemoryLookups(rows, gives_texts=True)

    assert columns_of(decode(ASKS, store=store)) == [[1.5], [3], [None]]


def test_a_key_may_be_a_column_of_the_model():
    lookup = replace(SIGNATURE.lookups[0], key="price")
    signature = replace(SIGNATURE, lookups=(lookup,))
    store = MemoryLookups({"2": {"orders": 5, "segment": "b"}})

    assert columns_of(decode({"price": 2.0}, store=store, signature=signature)) == [
        [2.0],
        [5],
        ["b"],
    ]


def test_what_is_no_record_stays_a_fault_of_its_own():
    decoded = decode(ASKS, 5, None)

    assert decoded.indices == [0]
    assert [decoded.faults[at].code for at in (1, 2)] == ["not_an_object"] * 2


def test_without_stores_a_key_is_no_extra_column():
    decoded = Decoder(SIGNATURE).decode_body(json.dumps(ASKS).encode())

    assert columns_of(decoded) == [[1.5], [-1], [None]]
    assert (decoded.defaults, decoded.extra_columns) == (None, 0)


def test_two_lookups_are_one_question_each():
    lookups = (
        Lookup(name="users", key="user_id", columns=("orders",)),
        Lookup(name="shops", key="shop", columns=("segment",)),
    )
    signature = replace(SIGNATURE, lookups=lookups)
    users, shops = MemoryLookups(ROWS), MemoryLookups({"s": {"segment": "b"}})
    decoder = Decoder(signature)
    decoder.fill_with(Filler(signature, {"users": users, "shops": shops}))

    decoded = decoder.decode_rows([ASKS | {"shop": "s"}, ASKS | {"shop": "none"}])

    assert columns_of(decoded) == [[1.5, 1.5], [3, 3], ["b", None]]
    assert (users.fetched, shops.fetched) == ([["7"]], [["s", "none"]])


@pytest.mark.parametrize(
    "body",
    [body for _, body, _ in HOSTILE_BODIES],
    ids=[name for name, _, _ in HOSTILE_BODIES],
)
def test_hostile_bodies_have_the_verdict_that_they_have_without_lookups(body):
    lookup = Lookup(name="users", key="user_id", columns=("fare",))
    signature = replace(HOSTILE_SIGNATURE, lookups=(lookup,))

    found = verdict(decoder_of(MemoryLookups({}), signature), body)

    assert found == verdict(Decoder(HOSTILE_SIGNATURE), body)


def verdict(decoder, body):
    """The code of the request, or one of each record; a key is missing where `fare` is."""
    try:
        decoded = decoder.decode_body(body)
    except RequestError as error:
        return error.code
    faults = [decoded.faults.get(at) for at in range(decoded.size)]
    return [fault and {each.code for each in (fault, *fault.others)} for fault in faults]
