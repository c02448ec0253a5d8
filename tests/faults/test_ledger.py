"""What became of each request is counted exactly."""

import pytest

from faults.ledger import Ledger


def test_everything_that_was_sent_ends_once():
    ledger = Ledger()
    numbers = [ledger.send() for _ in range(4)]
    verdicts = ["answered", "refused time_limit", "cut SIGKILL 1", "cut SIGKILL 1"]
    for number, verdict in zip(numbers, verdicts, strict=True):
        ledger.settle(number, verdict)
    ledger.close()

    assert (ledger.sent, ledger.answered) == (4, 1)
    assert (ledger.refused, ledger.cut) == ({"time_limit": 1}, {"SIGKILL 1": 2})
    assert ledger.is_clean


def test_what_is_open_at_the_end_is_lost():
    ledger = Ledger()
    ledger.send()
    assert not ledger.is_clean
    ledger.close()

    assert ledger.lost == 1
    assert not ledger.is_clean
    assert ledger.details == ["request 1 was lost: it was still open at the end"]


@pytest.mark.parametrize("verdict", ["wrong: 7 is not 8", "anything else", "lost"])
def test_what_should_not_be_is_found(verdict):
    ledger = Ledger()
    ledger.settle(ledger.send(), verdict)

    assert (ledger.wrong + ledger.lost, ledger.is_clean) == (1, False)


def test_a_second_end_is_found():
    ledger = Ledger()
    number = ledger.send()
    ledger.settle(number, "answered")
    ledger.settle(number, "answered")
    ledger.repeat("bytes")

    assert (ledger.answered, ledger.twice, ledger.is_clean) == (1, 2, False)
