"""The writer of log lines."""

import threading
import time
from collections import deque

from golive.http.log_writer import LogWriter


def test_lines_are_written_in_order():
    written = []
    writer = LogWriter(written.append)

    for number in range(100):
        writer.write(f"{number}\n")
    writer.close()

    assert "".join(written) == "".join(f"{number}\n" for number in range(100))


def test_a_reader_that_stands_still_holds_up_nobody():
    written, is_held, may_go = [], threading.Event(), threading.Event()

    def sink(line):
        is_held.set()
        may_go.wait(30)
        written.append(line)

    writer = LogWriter(sink, capacity=2)
    writer.write("1\n")
    is_held.wait(30)
    for line in ("2\n", "3\n", "lost\n", "lost\n"):
        writer.write(line)
    may_go.set()
    writer.close()

    assert written == [
        "1\n",
        '{"level":"warning","event":"lines_dropped","lines":2}\n',
        "2\n3\n",
    ]


def test_lines_are_joined_as_far_as_they_are_one_write():
    written, is_held, may_go = [], threading.Event(), threading.Event()

    def sink(lines):
        is_held.set()
        may_go.wait(30)
        written.append(lines)

    writer = LogWriter(sink, most_bytes=6)
    writer.write("0\n")
    is_held.wait(30)
    for line in ("1\n", "2\n", "3\n", "é4\n", "longer than six\n", "5\n"):
        writer.write(line)
    may_go.set()
    writer.close()

    assert written == ["0\n", "1\n2\n3\n", "é4\n", "longer than six\n", "5\n"]


def test_a_closed_stderr_is_no_failure():
    def sink(line):
        raise ValueError("I/O operation on closed file")

    writer = LogWriter(sink)
    writer.write("a\n")
    writer.close()

    assert not writer._thread.is_alive()


class Interrupted(deque):
    """Lines; another line comes in between, just when the first one is there."""

    between = None

    def append(self, line):
        super().append(line)
        between, self.between = self.between, None
        if between is not None:
            between()


def test_lines_that_come_in_between_keep_none_from_being_written():
    written = []
    writer = LogWriter(written.append)
    writer._lines = Interrupted()
    writer._lines.between = lambda: writer.write("b\n")

    writer.write("a\n")

    deadline = time.monotonic() + 5
    while "".join(written) != "a\nb\n" and time.monotonic() < deadline:
        time.sleep(0.001)
    assert "".join(written) == "a\nb\n"


def test_each_line_is_written_however_it_meets_the_thread():
    written = []
    writer = LogWriter(written.append, gathering_seconds=0.0)

    for number in range(2000):
        writer.write(f"{number}\n")
        if number % 3 == 0:
            deadline = time.monotonic() + 30
            while writer._lines and time.monotonic() < deadline:
                time.sleep(0)
            assert not writer._lines
    writer.close()

    assert "".join(written) == "".join(f"{number}\n" for number in range(2000))
