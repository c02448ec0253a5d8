from __future__ import annotations

from socket import socketpair
from threading import Thread

from golive.backends.frames import read_frame, write_frame


def test_messages_come_whole_and_in_order():
    ours, theirs = socketpair()
    messages = [b"", b"one", bytes(3_000_000), b"last"]

    def write():
        for message in messages:
            write_frame(theirs, message)
        theirs.close()

    writer = Thread(target=write)
    writer.start()
    with ours:
        found = [bytes(read_frame(ours)) for _ in messages]
        after = read_frame(ours)
    writer.join()

    assert found == messages
    assert after is None


def test_a_message_that_ends_early_is_none():
    ours, theirs = socketpair()
    with ours:
        theirs.sendall(b"\0\0\0\0\0\0\0\x09half")
        theirs.close()

        assert read_frame(ours) is None
