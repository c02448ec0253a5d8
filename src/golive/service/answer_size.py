"""Answer size: answers that are larger than whoever carries them takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from golive.engine.answers import Defaulted, Options
from golive.service.answering import Entries, Question
from golive.service.calls import Reply, problem_reply
from golive.service.problems import Problem

__all__ = ["bounded", "too_large"]

_MOST_TRIALS = 24


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """Some of the records of a request, as far as replies want to know of them."""

    size: int
    options: Options
    defaults: Mapping[int, Sequence[Defaulted]] | None = None
    extra_columns: int = 0
    out_of_range: int = 0


def bounded(
    question: Question,
    entries: Entries,
    reply: Reply,
    *,
    limit: int,
    size_of: Callable[[bytes], int] = len,
) -> Reply:
    """The reply, or a refusal where it is too large.

    Args:
        question: What was asked.
        entries: What the engine said of its records.
        reply: The reply that they make.
        limit: The most bytes.
        size_of: The bytes of a body on its way.
    """
    if size_of(reply.body) <= limit:
        return reply
    fits = _records_that_fit(question, entries, limit=limit, size_of=size_of)
    problem = too_large(limit, records=question.decoded.size, fits=fits)
    refused = problem_reply(problem, question.call.request_id, question.call.style)
    refused.headers = reply.headers | refused.headers
    refused.records, refused.extra_columns = reply.records, reply.extra_columns
    refused.out_of_range, refused.failed = reply.out_of_range, reply.failed
    return refused


def too_large(limit: int, *, records: int | None = None, fits: int | None = None) -> Problem:
    """The problem of an answer that is too large.

    Args:
        limit: The most bytes.
        records: How many it answers; None where it is none about records.
        fits: How many at a time would not be too many; 0 where one alone is.
    """
    if records is None or fits is None:
        detail = f"The answer is larger than {limit} bytes, which is the most that is sent."
        return Problem(code="answer_too_large", detail=detail)
    advice = (
        f"send at most {fits} of these records in a request."
        if fits
        else "not even each of these records by itself has a smaller one."
    )
    return Problem(
        code="answer_too_large",
        detail=f"The answer to these {records} records is larger than {limit} bytes, which is the "
        f"most that is sent; {advice}",
        members={"records": records, "records_that_fit": fits},
    )


def _records_that_fit(
    question: Question, entries: Entries, *, limit: int, size_of: Callable[[bytes], int]
) -> int:
    """So many records that, cut into parts of that size, each part has an answer that fits."""
    count = len(entries)
    for _ in range(_MOST_TRIALS):
        if count <= 1:
            break
        largest = max(size_of(body) for body in _bodies(question, entries, count))
        if largest <= limit:
            return count
        count = max(1, min(count - 1, int(count * limit / largest)))
    fits = all(size_of(body) <= limit for body in _bodies(question, entries, 1))
    return 1 if fits else 0


def _bodies(question: Question, entries: Entries, count: int) -> Iterator[bytes]:
    """The bodies of the answers to parts of so many records each."""
    yield from (
        _body(question, entries, start, min(start + count, len(entries)))
        for start in range(0, len(entries), count)
    )


def _body(question: Question, entries: Entries, start: int, stop: int) -> bytes:
    decoded = question.decoded
    options, defaults = decoded.options, decoded.defaults
    keys = None if options.ids is None else options.ids[start:stop]
    own = None
    if defaults is not None:
        own = {at - start: each for at, each in defaults.items() if start <= at < stop}
    part = _Part(
        size=stop - start, options=msgspec.structs.replace(options, ids=keys), defaults=own
    )
    return msgspec.structs.replace(question, decoded=part).reply(entries[start:stop]).body
