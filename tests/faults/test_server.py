"""Who killed the process that held a connection."""

import time

from faults.server import Crash, Server


def test_what_breaks_from_a_request_that_crashes_until_shortly_after_its_end_is_its_crash():
    crash = Crash("crash 1", begun=100.0)

    meanwhile = [crash.covers(at) for at in (99.9, 100.0, 130.0)]
    crash.ended = 130.0
    afterwards = [crash.covers(at) for at in (99.9, 100.0, 130.0, 132.0, 132.1)]

    assert meanwhile == [False, True, True]
    assert afterwards == [False, True, True, True, False]


def test_a_crash_that_takes_long_is_told_of_those_who_lost_their_connection(tmp_path):
    """On a busy machine a process took more than two seconds to die, and nobody was blamed."""
    server = Server([], [], log=tmp_path / "log")
    before = server.killer_of(5, broken_at=time.monotonic())

    with server.crash("crash 1"):
        long_after = time.monotonic() + 30.0
        meanwhile = server.killer_of(5, broken_at=long_after)
    at_once = server.killer_of(5, broken_at=time.monotonic())
    later = server.killer_of(5, broken_at=long_after)

    assert (before, meanwhile, at_once, later) == (None, "crash 1", "crash 1", None)
