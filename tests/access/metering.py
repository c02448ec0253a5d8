"""What tests of limits share: a clock that they set, a key, and what its meter tells."""

from datetime import UTC, datetime

from golive.access.keys import Key, hash_of

START = datetime(2026, 1, 28, 23, 59, 50, tzinfo=UTC).timestamp()  # a Wednesday


class Clock:
    def __init__(self, now=START):
        self.now = now

    def __call__(self):
        return self.now


def key(**limits):
    created = datetime(2026, 1, 1, tzinfo=UTC)
    given = {"id": "0123456789ab", "name": "a", **limits}
    return Key(sha256=hash_of("s"), created=created, **given)


def spend(meter, count=1):
    spent = meter.spend(count)
    return spent.code, spent.retry_after, spent.header
