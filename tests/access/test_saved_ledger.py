"""Quotas are put together by the processes of a machine, and outlive them."""

import json
import stat
import subprocess
import sys

import pytest
from tests.access.metering import START, Clock, key

from golive.access.errors import LedgerError
from golive.access.limits import Quota, Rate, Used
from golive.access.saved_ledger import SavedLedger
from golive.access.usage_file import UsageFile, usage_path

LIMITED = key(rate=Rate(1000), quotas=(Quota(10, "day"), Quota(100, "month")))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def path(tmp_path):
    return usage_path(tmp_path / "keys.json")


@pytest.fixture
def begin(path, clock):
    """A process that begins."""

    def begin():
        ledger = SavedLedger(UsageFile(path), clock=clock)
        ledger.look()
        return ledger

    return begin


def spend(ledger, times=1, limited=LIMITED):
    refused = [ledger.spend(limited, "m", 1).refused for _ in range(times)]
    return refused.count(None)


def saved(path, period="day"):
    found = UsageFile(path).read().get(("0123456789ab", "m", period))
    return None if found is None else found.count


def test_a_quota_outlives_the_process(begin, path):
    first = begin()
    spend(first, 7)
    first.look()

    assert saved(path) == 7
    assert spend(begin(), 10) == 3


def test_what_a_killed_process_had_not_saved_is_lost_and_no_more(begin):
    killed = begin()
    spend(killed, 4)
    killed.look()
    spend(killed, 2)

    assert spend(begin(), 10) == 6


def test_two_processes_share_a_quota_but_for_what_comes_between_two_looks(begin, path):
    one, other = begin(), begin()
    spend(one, 4)
    spend(other, 3)
    one.look()
    other.look()
    one.look()

    assert saved(path) == 7
    assert (spend(one, 10), spend(other, 10)) == (3, 3)
    one.look()
    other.look()
    assert saved(path) == 13
    assert (spend(one), spend(other)) == (0, 0)


def test_to_look_often_counts_nothing_twice(begin, path):
    one, other = begin(), begin()
    spend(one, 2)
    for _ in range(5):
        one.look()
        other.look()
    spend(other, 1)
    for _ in range(5):
        one.look()
        other.look()

    assert (saved(path), saved(path, "month")) == (3, 3)


def test_the_next_period_begins_with_nothing_and_the_month_goes_on(begin, path, clock):
    one, other = begin(), begin()
    spend(one, 4)
    one.look()
    other.look()
    clock.now += 10
    one.look()
    assert saved(path) == 4  # of yesterday

    assert spend(other, 10) == 10
    other.look()
    one.look()

    assert (saved(path), saved(path, "month")) == (10, 14)
    assert spend(one) == 0


def test_a_clock_that_is_put_back_takes_the_counts_along(begin, path, clock):
    one, other = begin(), begin()
    clock.now += 86_400
    spend(one, 4)
    one.look()
    other.look()
    clock.now = START
    spend(one, 1)
    one.look()
    other.look()

    assert UsageFile(path).read()["0123456789ab", "m", "day"] == Used(
        5, START + 10 - 86_400, START + 10
    )
    assert spend(other, 10) == 5


def test_the_file_is_for_its_owner_alone_and_is_not_written_for_nothing(begin, path):
    ledger = begin()
    assert not path.exists()

    spend(ledger)
    ledger.look()
    written = path.stat()
    ledger.look()

    assert path.name == "keys.json.usage"
    assert stat.S_IMODE(written.st_mode) == 0o600
    assert path.stat().st_ino == written.st_ino


def test_a_damaged_file_is_told_once_and_each_counts_alone_until_it_is_gone(begin, path, caplog):
    path.write_text("{")
    ledger = begin()
    ledger.look()

    assert spend(ledger, 11) == 10
    assert [message.partition(" is no file of counts")[0] for message in caplog.messages] == [
        str(path)
    ]
    with pytest.raises(LedgerError, match="is no file of counts"):
        UsageFile(path).read()

    path.unlink()
    ledger.look()
    assert saved(path) == 10


@pytest.mark.parametrize(
    "changed",
    [{"used": -5}, {"end": 1e308}, {"begin": -1}, {"end": 0}, {"end": 40 * 86_400}],
)
def test_counts_that_nobody_can_have_written_are_refused(path, changed):
    line = {"key": "a", "model": "m", "period": "day", "used": 5, "begin": 0, "end": 86_400}
    path.write_text(json.dumps({"format": 1, "used": [line]}))
    assert len(UsageFile(path).read()) == 1

    path.write_text(json.dumps({"format": 1, "used": [line | changed]}))

    with pytest.raises(LedgerError, match="is no file of counts"):
        UsageFile(path).read()


def test_a_directory_that_cannot_be_written_to_is_told_once(path, clock, caplog):
    ledger = SavedLedger(UsageFile(path.parent / "gone" / path.name), clock=clock)
    spend(ledger)
    ledger.look()
    ledger.look()

    assert len(caplog.messages) == 1
    assert "cannot be written: No such file or directory." in caplog.messages[0]
    assert caplog.messages[0].endswith("Meanwhile each process counts quotas alone.")


ADDING = """
import sys
from pathlib import Path
from golive.access.limits import Used
from golive.access.usage_file import UsageFile

file = UsageFile(Path(sys.argv[1]))
for _ in range(50):
    file.add({("0123456789ab", "m", "day"): Used(1, 0.0, 86400.0)}, 10.0)
"""


def test_what_processes_add_at_the_same_time_is_all_there(path):
    commands = [[sys.executable, "-c", ADDING, str(path)]] * 4
    running = [subprocess.Popen(command) for command in commands]
    codes = [process.wait(timeout=120) for process in running]

    assert codes == [0, 0, 0, 0]
    assert saved(path) == 200
