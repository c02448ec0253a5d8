"""What a location stands for."""

import pytest

from golive.errors import UsageError
from golive.lookups.errors import LookupUnavailableError
from golive.lookups.nowhere import Nowhere
from golive.lookups.opening import open_lookup
from golive.lookups.table_file import TableFile
from golive.lookups.timed import TimedStore
from golive.signature.model import Lookup

USERS = Lookup(name="users", key="user_id", columns=("orders",))


def test_a_path_is_a_table_that_waits_for_nothing(tmp_path):
    path = tmp_path / "users.json"
    path.write_text('{"7": {"orders": 3}}')

    store = open_lookup(USERS, str(path), seconds=0.05)

    assert isinstance(store, TableFile)
    assert not store.waits
    assert store.fetch(["7"]) == [{"orders": 3}]


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "unix:///nowhere.sock"])
def test_a_url_is_a_redis_that_need_not_be_there_yet(url):
    pytest.importorskip("redis")

    store = open_lookup(USERS, url, seconds=0.05)

    assert isinstance(store, TimedStore)
    assert store.waits
    assert store.gives_texts


def test_nowhere_cannot_be_asked_for_anything():
    with pytest.raises(LookupUnavailableError):
        Nowhere().fetch(["7"])
    assert Nowhere().fetch([]) == []


def test_a_file_that_is_not_there_is_refused_with_the_lookup(tmp_path):
    with pytest.raises(UsageError) as caught:
        open_lookup(USERS, str(tmp_path / "users.csv"), seconds=0.05)

    assert caught.value.message == (
        f"users: {tmp_path}/users.csv cannot be read: No such file or directory."
    )


def test_a_location_of_no_known_kind_is_refused():
    with pytest.raises(UsageError) as caught:
        open_lookup(USERS, "users.xlsx", seconds=0.05)

    assert caught.value.message == (
        "users: users.xlsx is neither a file of .json, .csv, .parquet nor a Redis."
    )
