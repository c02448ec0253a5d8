"""What the processes of one server tell each other."""

from golive.http.refreshing.board import Board
from golive.http.stepback.notice import Notice
from golive.http.stepback.verdict import Verdict
from golive.testing.sources import fake_named


def test_each_process_sees_how_often_was_asked(tmp_path):
    one, other = Board(tmp_path), Board(tmp_path)

    before = other.times_asked
    one.ask()
    other.ask()

    assert (before, one.times_asked, other.times_asked) == (0, 2, 2)


def test_the_version_that_was_switched_to_last_is_known_to_who_begins_later(tmp_path):
    board = Board(tmp_path)

    unknown = board.served("sum")
    board.tell_served("sum", fake_named(2))
    board.tell_served("sum", fake_named(3))

    assert (unknown, Board(tmp_path).served("sum")) == (None, fake_named(3))


def test_a_board_whose_directory_is_gone_tells_nothing(tmp_path):
    board = Board(tmp_path / "gone")

    assert (board.times_asked, board.served("sum")) == (0, None)


NOTICE = Notice(
    candidate="sum@2",
    version="v2",
    verdict=Verdict(reason="errors", message="10 of its 10 requests failed"),
    at="2026-01-02T03:04:05+00:00",
)


def test_a_candidate_that_stepped_back_is_known_until_somebody_asks(tmp_path):
    board = Board(tmp_path)
    board.tell_stepped_back("sum.candidate", NOTICE)
    board.tell_served("sum", fake_named(2))

    board.nudge()
    nudged = Board(tmp_path).stepped_back("sum.candidate")
    board.ask()

    assert (nudged, board.times_asked) == (NOTICE, 2)
    assert board.stepped_back("sum.candidate") is None
    assert board.served("sum") == fake_named(2)


def test_a_notice_that_cannot_be_read_is_none(tmp_path):
    (tmp_path / "sum.candidate.stepped_back").write_text("{")

    assert Board(tmp_path).stepped_back("sum.candidate") is None
    assert Board(tmp_path / "gone").stepped_back("sum.candidate") is None
