"""The key file: what is not to be trusted is refused, and no writer loses another's key."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from golive.access.errors import KeysError
from golive.access.key_file import KeyFile
from golive.access.keys import Key, hash_of

KEY = Key(
    id="0123456789ab", name="a", sha256=hash_of("s"), created=datetime(2026, 1, 1, tzinfo=UTC)
)
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from golive.access.key_desk import KeyDesk, KeyWish
from golive.access.key_file import KeyFile
desk = KeyDesk(KeyFile(Path(sys.argv[1])), clock=lambda: datetime.now(UTC))
for number in range(10):
    desk.create(KeyWish(name=f"{sys.argv[2]}-{number}"))
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "keys.json"
    KeyFile(path).change(lambda _: (KEY,))
    return path


def test_only_the_owner_can_read_it_and_it_holds_no_secret(path):
    assert path.stat().st_mode & 0o777 == 0o600
    assert hash_of("s") in path.read_text()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_file_that_others_may_read_or_write_is_refused(path, mode):
    path.chmod(mode)

    with pytest.raises(KeysError, match=f"mode 0{mode:o}") as caught:
        KeyFile(path).read()

    assert caught.value.hint == f"chmod 600 {path}"


def test_a_missing_file_is_an_error_with_what_to_do(tmp_path):
    with pytest.raises(KeysError, match="There is no file of keys at") as caught:
        KeyFile(tmp_path / "keys.json").read()

    assert caught.value.hint == "make it with `golive keys create`"


def test_no_prefix_of_a_file_is_read(path):
    content = path.read_bytes().rstrip()

    for length in range(len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(KeysError, match="is no file of keys"):
            KeyFile(path).read()


@pytest.mark.parametrize(
    ("was", "becomes", "message"),
    [
        (b'"format": 1', b'"format": 2', "has format 2"),
        (b'"networks": []', b'"networks": ["10.0.0.5/8"]', "has host bits set"),
        (b'"is_admin"', b'"is_boss"', "unknown field `is_boss`"),
        (b'"2026-01-01T00:00:00Z"', b'"2026-01-01T00:00:00"', "time without a zone"),
        (hash_of("s").encode(), b"1234", r"\$\.keys\[0\]\.sha256"),
    ],
)
def test_what_was_tampered_with_is_said(path, was, becomes, message):
    content = path.read_bytes()
    assert was in content
    path.write_bytes(content.replace(was, becomes))

    with pytest.raises(KeysError, match=message):
        KeyFile(path).read()


def test_two_keys_of_one_id_are_refused(path):
    KeyFile(path).change(lambda keys: keys * 2)

    with pytest.raises(KeysError, match="two keys of the same id"):
        KeyFile(path).read()


def test_lists_without_end_are_refused(path):
    path.write_bytes(b'{"format": 1, "keys": ' + b"[" * 100_000)

    with pytest.raises(KeysError, match="is no file of keys"):
        KeyFile(path).read()


def test_a_change_does_not_replace_what_cannot_be_read(path):
    path.write_bytes(b"")

    with pytest.raises(KeysError):
        KeyFile(path).change(lambda keys: (*keys, KEY))

    assert path.read_bytes() == b""


def test_a_link_stays_a_link(path, tmp_path):
    link = tmp_path / "link.json"
    link.symlink_to(path)
    KeyFile(link).change(lambda _: ())

    assert link.is_symlink()
    assert KeyFile(path).read() == ()


@pytest.mark.parametrize("has_link", [False, True])
def test_processes_that_change_it_at_the_same_time_lose_no_key(tmp_path, has_link):
    path, link = tmp_path / "keys.json", tmp_path / "link.json"
    KeyFile(path).change(lambda keys: keys)
    link.symlink_to(path)
    ways = [link if has_link and number % 2 else path for number in range(4)]
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(way), str(number)], env=os.environ)
        for number, way in enumerate(ways)
    ]
    codes = [writer.wait(60) for writer in writers]

    assert codes == [0, 0, 0, 0]
    assert sorted(key.name for key in KeyFile(path).read()) == sorted(
        f"{writer}-{number}" for writer in range(4) for number in range(10)
    )
