"""What every store of looked-up values does; the fake of `golive.testing` as well."""

import json
import threading

import pandas as pd
import pytest

from golive.lookups.redis_store import RedisStore
from golive.lookups.table_file import TableFile
from golive.lookups.timed import TimedStore
from golive.signature.model import Lookup
from golive.testing.lookups import MemoryLookups

USERS = Lookup(name="users", key="user_id", columns=("orders", "segment"))
ROWS = {
    "7": {"orders": 3, "segment": "ä", "more": 1},
    "x y": {"segment": ""},
}
TEXTS = {
    key: {name: str(value) for name, value in row.items()} for key, row in ROWS.items()
}  # fmt: skip


def json_file(folder, _):
    path = folder / "users.json"
    path.write_text(json.dumps(ROWS))
    return TableFile(path, USERS)


def csv_file(folder, _):
    path = folder / "users.csv"
    path.write_text("more,user_id,segment,orders\n1,7,ä,3\n,x y,,\n")
    return TableFile(path, USERS)


def parquet_file(folder, _):
    path = folder / "users.parquet"
    frame = pd.DataFrame(
        {
            "user_id": ["7", "x y"],
            "orders": pd.array([3, None], dtype="Int64"),
            "segment": ["ä", ""],
        }
    )
    frame.to_parquet(path, index=False)
    return TableFile(path, USERS)


def hashes(_, request):
    server = request.getfixturevalue("own_redis")
    for key, row in TEXTS.items():
        server.client.hset(f"user:{key}", mapping=row)
    return RedisStore(f"{server.url}?prefix=user:", USERS, seconds=2.0)


def documents(_, request):
    server = request.getfixturevalue("own_redis")
    for key, row in ROWS.items():
        server.client.set(key, json.dumps(row))
    return RedisStore(f"{server.url}?form=json", USERS, seconds=2.0)


def memory(_, __):
    own = {key: {n: v for n, v in row.items() if n != "more"} for key, row in ROWS.items()}
    return MemoryLookups(own)


def timed(folder, request):
    return TimedStore(memory(folder, request), name="users", seconds=5.0)


STORES = [json_file, csv_file, parquet_file, hashes, documents, memory, timed]


@pytest.fixture(params=STORES, ids=lambda make: make.__name__)
def store(request, tmp_path):
    return request.param(tmp_path, request)


def without_nulls(row):
    """A table has a cell in each row: what is not kept there is null or an empty text."""
    return {name: value for name, value in row.items() if value is not None}


def test_rows_come_in_the_order_of_the_keys_and_unknown_keys_have_none(store):
    found = store.fetch(["x y", "nobody", "7", "x y"])

    expected = (
        {"orders": "3", "segment": "ä"} if store.gives_texts else {"orders": 3, "segment": "ä"}
    )
    assert found[2] == expected
    assert found[1] is None
    assert found[0] == found[3]
    assert found[0]["segment"] == ""
    assert without_nulls(found[0]).get("orders", "") == ""


def test_only_the_columns_that_are_looked_up_are_given(store):
    [row] = store.fetch(["7"])

    assert set(row) == {"orders", "segment"}


def test_no_keys_have_no_rows(store):
    assert list(store.fetch([])) == []


def test_a_key_is_a_text_and_nothing_else(store):
    assert list(store.fetch(["07", "7 ", "7.0", "*", "ä", "\n"])) == [None] * 6


def test_several_threads_may_ask_at_the_same_time(store):
    found = []

    def ask():
        for _ in range(20):
            found.append(store.fetch(["7"])[0]["segment"])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == ["ä"] * 80
