"""Files of looked-up values."""

import gc
import json
import logging
import time
from weakref import ref

import pandas as pd
import pytest

from golive.lookups.errors import LookupUnavailableError
from golive.lookups.table_file import TableFile
from golive.lookups.tables import read_table
from golive.signature.model import Lookup

USERS = Lookup(name="users", key="user_id", columns=("orders",))


def write(path, rows):
    """As a batch job does: beside it, then in its place."""
    beside = path.with_name("new")
    beside.write_text(rows if isinstance(rows, str) else json.dumps(rows))
    beside.replace(path)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "users.json"
    write(path, {"7": {"orders": 3}})
    return path


def test_a_file_that_changes_is_read_again(path, caplog):
    caplog.set_level(logging.INFO, "golive.lookups")
    table = TableFile(path, USERS)
    write(path, {"7": {"orders": 4}, "8": {"orders": 5}})

    before = table.fetch(["7"])
    table.look()

    assert before == [{"orders": 3}]
    assert table.fetch(["7", "8"]) == [{"orders": 4}, {"orders": 5}]
    assert caplog.messages == [f"users: 2 keys from {path}."]


def test_a_file_that_does_not_change_is_not_read_again(path):
    table = TableFile(path, USERS)
    rows = table.fetch(["7"])

    table.look()

    assert table.fetch(["7"])[0] is rows[0]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ('{"7": {"orders": ', "Input data was truncated"),
        ("[]", "Expected `object`, got `array`"),
        ('{"7": 3}', "Expected `object`, got `int` - at `$[...]`"),
    ],
)
def test_a_broken_file_leaves_the_values_of_before_and_says_so_once(path, caplog, broken, reason):
    table = TableFile(path, USERS)
    write(path, broken)

    table.look()
    table.look()

    assert table.fetch(["7"]) == [{"orders": 3}]
    assert caplog.messages == [
        f"{path} cannot be read: {reason}. The values of before are used on for users."
    ]


def test_a_file_that_is_gone_leaves_the_values_of_before_until_it_is_back(path, caplog):
    table = TableFile(path, USERS)
    path.unlink()
    table.look()

    kept = table.fetch(["7"])
    write(path, {"7": {"orders": 9}})
    table.look()

    assert kept == [{"orders": 3}]
    assert table.fetch(["7"]) == [{"orders": 9}]
    assert "No such file or directory" in caplog.messages[0]


def test_a_watch_finds_a_change_and_ends_with_its_table(path):
    table = TableFile(path, USERS)
    table.watch()
    write(path, {"7": {"orders": 4}})

    for _ in range(100):
        if table.fetch(["7"]) == [{"orders": 4}]:
            break
        time.sleep(0.1)
    found, gone = table.fetch(["7"]), ref(table)
    del table
    for _ in range(100):
        gc.collect()
        if gone() is None:
            break
        time.sleep(0.01)

    assert found == [{"orders": 4}]
    assert gone() is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("user_id\n7\n", "it has no column 'orders'"),
        ("orders\n3\n", "it has no column 'user_id'"),
        ("", "it has no column 'user_id'"),
        ("user_id,orders\n7,3\n7,4\n", "the key '7' stands there twice"),
        ("user_id,orders\n7,3\n8\n", "row 2 has not as many values as the header"),
        ("user_id,orders\n7,3,5\n", "row 1 has not as many values as the header"),
        ("user_id,orders\n,3\n", "row 1 has no text or integer as its key"),
        ('user_id,orders\n7,"3\n', "unexpected end of data"),
    ],
)
def test_a_csv_that_is_no_table_of_the_lookup_is_refused(tmp_path, text, reason):
    path = tmp_path / "users.csv"
    path.write_text(text)

    with pytest.raises(LookupUnavailableError) as caught:
        read_table(path, USERS)

    assert caught.value.message == f"{path} cannot be read: {reason}."


def test_a_parquet_file_may_have_integers_as_keys_and_its_moments_are_texts(tmp_path):
    path = tmp_path / "users.parquet"
    moments = pd.to_datetime(["2026-01-02T03:04:05"])
    pd.DataFrame({"user_id": [7], "orders": moments}).to_parquet(path)

    assert read_table(path, USERS) == {"7": {"orders": "2026-01-02T03:04:05"}}


def test_what_is_no_parquet_is_refused(tmp_path):
    path = tmp_path / "users.parquet"
    path.write_bytes(b"PAR1 no")

    with pytest.raises(LookupUnavailableError, match="cannot be read"):
        read_table(path, USERS)
