import logging

import pytest

from golive.bundle.stamps import Stamp, Stamps
from golive.bundle.verification import FileState

SECOND = 10**9
NOW = 1_000 * SECOND
STAMP = Stamp(
    id="ab",
    manifest_sha256="cd",
    files={"card.md": FileState(size=1, mtime_ns=900 * SECOND, ctime_ns=999 * SECOND)},
)


@pytest.fixture
def stamps(tmp_path):
    return Stamps(tmp_path / "cache", now_ns=lambda: NOW)


def test_what_was_recorded_holds(stamps, tmp_path):
    stamps.record(tmp_path, STAMP, started_ns=stamps.now_ns())

    assert stamps.holds(tmp_path, STAMP)


def test_nothing_holds_before_it_was_recorded(stamps, tmp_path):
    assert not stamps.holds(tmp_path, STAMP)


def test_a_stamp_is_for_one_path(stamps, tmp_path):
    stamps.record(tmp_path, STAMP, started_ns=NOW)

    assert not stamps.holds(tmp_path / "other", STAMP)


@pytest.mark.parametrize(
    "state",
    [
        FileState(size=2, mtime_ns=900 * SECOND, ctime_ns=999 * SECOND),
        FileState(size=1, mtime_ns=901 * SECOND, ctime_ns=999 * SECOND),
        FileState(size=1, mtime_ns=900 * SECOND, ctime_ns=998 * SECOND),
    ],
)
def test_another_state_of_a_file_does_not_hold(stamps, tmp_path, state):
    stamps.record(tmp_path, STAMP, started_ns=NOW)

    assert not stamps.holds(
        tmp_path, Stamp(id="ab", manifest_sha256="cd", files={"card.md": state})
    )


def test_another_manifest_does_not_hold(stamps, tmp_path):
    stamps.record(tmp_path, STAMP, started_ns=NOW)

    assert not stamps.holds(tmp_path, Stamp(id="ab", manifest_sha256="ef", files=STAMP.files))


def test_files_that_changed_just_before_get_no_stamp(stamps, tmp_path):
    stamps.record(tmp_path, STAMP, started_ns=999 * SECOND + 1_000_000)

    assert not stamps.holds(tmp_path, STAMP)


def test_a_cache_that_cannot_be_written_is_told_to_the_debug_log(tmp_path, caplog):
    (tmp_path / "file").write_bytes(b"")
    stamps = Stamps(tmp_path / "file" / "cache")

    with caplog.at_level(logging.DEBUG, logger="golive"):
        stamps.record(tmp_path, STAMP, started_ns=NOW)

    assert not stamps.holds(tmp_path, STAMP)
    assert "no stamp of" in caplog.text
