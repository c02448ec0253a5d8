"""What every key store does; the fake of `golive.testing` as well."""

from datetime import UTC, datetime

import pytest

from golive.access.errors import KeysError
from golive.access.key_file import KeyFile
from golive.access.keys import Former, Key, Scopes, hash_of
from golive.access.limits import Quota, Rate
from golive.testing.keys import MemoryKeys

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FULL = Key(
    id="0123456789ab",
    name="partner ä",
    sha256=hash_of("s"),
    created=NOW,
    expires=NOW,
    revoked=NOW,
    scopes=Scopes(models=("games",), routes=("/predict", "/models/*"), networks=("10.0.0.0/8",)),
    is_admin=True,
    rate=Rate(10, 60),
    burst=20,
    quotas=(Quota(100, "day"), Quota(900, "month")),
    unit="record",
    former=Former(sha256=hash_of("t"), until=NOW),
)
PLAIN = Key(id="ba9876543210", name="other", sha256=hash_of("u"), created=NOW)


@pytest.fixture(params=["file", "memory"])
def store(request, tmp_path):
    return KeyFile(tmp_path / "keys.json") if request.param == "file" else MemoryKeys()


def test_what_is_written_is_read_in_its_order(store):
    store.change(lambda keys: (*keys, FULL))
    store.change(lambda keys: (*keys, PLAIN))

    assert store.read() == (FULL, PLAIN)


def test_the_mark_changes_with_the_keys_and_not_without(store):
    before = store.mark()
    store.change(lambda keys: (*keys, PLAIN))
    after = store.mark()

    assert before != after
    assert store.mark() == after


def test_an_edit_that_raises_changes_nothing(store):
    def fail(_):
        raise KeysError("no")

    store.change(lambda keys: (*keys, PLAIN))
    mark = store.mark()
    with pytest.raises(KeysError, match="no"):
        store.change(fail)

    assert (store.read(), store.mark()) == ((PLAIN,), mark)
