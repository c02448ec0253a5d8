"""Keys that were packed."""

from datetime import UTC, datetime

import pytest

from golive.access.errors import KeysError
from golive.access.fixed_keys import FixedKeys
from golive.access.key_desk import KeyDesk, KeyWish
from golive.access.key_file import KeyFile


def test_they_are_those_of_the_file_whatever_its_mode(tmp_path):
    file = KeyFile(tmp_path / "keys.json")
    KeyDesk(file, clock=lambda: datetime.now(UTC)).create(KeyWish(name="shop"))
    keys = FixedKeys((tmp_path / "keys.json").read_bytes(), source="keys.json")

    assert keys.read() == file.read()
    assert keys.mark() == keys.mark()


def test_they_are_not_changed():
    keys = FixedKeys(b'{"format": 1, "keys": []}', source="keys.json")

    with pytest.raises(KeysError, match=r"^The keys of keys\.json are fixed\.$"):
        keys.change(lambda keys: keys)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"format": 2, "keys": []}'])
def test_what_is_no_file_of_keys_is_refused(content):
    with pytest.raises(KeysError, match=r"keys\.json"):
        FixedKeys(content, source="keys.json")
