"""What the processes of one server tell each other."""

from golive.http.refreshing.board import Board
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
