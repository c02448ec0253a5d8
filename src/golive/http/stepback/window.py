"""Windows: what was seen of two versions lately, counted over the same time. Pure.

Requests are counted in blocks. A block ends when so many requests of both versions are in it, and
the oldest one is forgotten when there are too many. So both versions are counted over the same
time, which is as long as it takes until enough of both have come: no clock is needed.
"""

from __future__ import annotations

from collections import deque
from math import ceil, log2

import msgspec

__all__ = ["SLOWEST", "Pairs", "Tally", "Window", "bucket_of", "quantile_bucket", "upper_end"]

_BLOCKS = 10
_FIRST_SECONDS = 1e-4
_STEPS = 8  # buckets until the seconds have doubled: each is 9% wide
SLOWEST = 184
"""The last bucket, of what takes longer than ten minutes."""


def bucket_of(seconds: float) -> int:
    """The bucket that these seconds are counted in."""
    if seconds <= _FIRST_SECONDS:
        return 0
    return min(SLOWEST, ceil(_STEPS * log2(seconds / _FIRST_SECONDS)))


def upper_end(bucket: int) -> float:
    """The most seconds that are counted in a bucket but the last."""
    return float(_FIRST_SECONDS * 2 ** (bucket / _STEPS))


def quantile_bucket(times: list[int], share: float) -> int:
    """The bucket in which this share of what was timed is reached; 0 where nothing was timed."""
    wanted, counted = share * sum(times), 0
    for bucket, number in enumerate(times):
        counted += number
        if number and counted >= wanted:
            return bucket
    return 0


class Tally(msgspec.Struct):
    """What was counted of one version.

    Attributes:
        requests: That it answered or failed; those that were refused say nothing of it.
        failed: Those that it failed.
        times: How many requests took how long, by bucket; those whose caller went away as well.
    """

    requests: int = 0
    failed: int = 0
    times: list[int] = msgspec.field(default_factory=lambda: [0] * (SLOWEST + 1))

    @property
    def timed(self) -> int:
        """How many requests were timed."""
        return sum(self.times)


class Pairs(msgspec.Struct):
    """What was counted of answers to the same requests.

    Attributes:
        requests: That both answered.
        agreed: Records with the same answer.
        differed: Records with another one.
    """

    requests: int = 0
    agreed: int = 0
    differed: int = 0


class _Block(msgspec.Struct):
    usual: Tally = msgspec.field(default_factory=Tally)
    candidate: Tally = msgspec.field(default_factory=Tally)
    pairs: Pairs = msgspec.field(default_factory=Pairs)


class Window:
    """What was seen of a candidate and of the usual version lately.

    Args:
        least: Requests of each of the two that a block has at least.

    Attributes:
        usual: What was counted of the usual version.
        candidate: What was counted of the candidate.
        pairs: What was counted of their answers to the same requests.
    """

    def __init__(self, least: int) -> None:
        self._least = least
        self._ended: deque[_Block] = deque()
        self._open = _Block()
        self.usual = Tally()
        self.candidate = Tally()
        self.pairs = Pairs()

    def add(self, *, is_candidate: bool, has_failed: bool | None, seconds: float | None) -> None:
        """Count a request.

        Args:
            is_candidate: Whether the candidate was asked.
            has_failed: Whether it failed; None if its caller went away before that was known.
            seconds: How long it took, or None where that says nothing.
        """
        block = self._open
        for tally in (
            (block.candidate, self.candidate) if is_candidate else (block.usual, self.usual)
        ):
            if has_failed is not None:
                tally.requests += 1
                tally.failed += has_failed
            if seconds is not None:
                tally.times[bucket_of(seconds)] += 1
        if min(block.usual.requests, block.candidate.requests) >= self._least:
            self._end_block()

    def add_pair(self, *, agreed: int, differed: int) -> None:
        """Count how both answered the records of a request."""
        for pairs in (self._open.pairs, self.pairs):
            pairs.requests += 1
            pairs.agreed += agreed
            pairs.differed += differed

    def _end_block(self) -> None:
        self._ended.append(self._open)
        self._open = _Block()
        if len(self._ended) > _BLOCKS:
            oldest = self._ended.popleft()
            _take_away(self.usual, oldest.usual)
            _take_away(self.candidate, oldest.candidate)
            self.pairs.requests -= oldest.pairs.requests
            self.pairs.agreed -= oldest.pairs.agreed
            self.pairs.differed -= oldest.pairs.differed


def _take_away(whole: Tally, part: Tally) -> None:
    whole.requests -= part.requests
    whole.failed -= part.failed
    whole.times = [a - b for a, b in zip(whole.times, part.times, strict=True)]
