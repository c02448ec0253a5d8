"""When to look again, whether to switch, what to say."""

from datetime import UTC, datetime

import pytest

from golive.errors import ModelLoadError
from golive.http.refreshing.policy import (
    Following,
    Refusal,
    Schedule,
    after_look,
    after_refusal,
    after_switch,
    after_unavailable,
    choose,
    facts_of,
    jittered,
    missing_from_start,
    refusal_of,
)
from golive.http.refreshing.source import SourceUnavailableError
from golive.testing.sources import fake_named

AT = "2026-01-02T03:04:05+00:00"
SERVES_1 = Following(served=fake_named(1), since=AT)
REFUSED_1 = Refusal(named=fake_named(1), code="model_not_loadable", message="It hangs.", at=AT)
UNTRIED_1 = Refusal(
    named=fake_named(1), code="no_room", message="The disk is full.", at=AT, says_nothing=True
)
REFUSED_2 = Refusal(named=fake_named(2), code="bundle_corrupt", message="It is damaged.", at=AT)


@pytest.mark.parametrize(
    ("following", "version", "is_asked", "choice"),
    [
        (SERVES_1, 1, False, "stay"),
        (SERVES_1, 1, True, "stay"),
        (SERVES_1, 2, False, "take"),
        (after_refusal(SERVES_1, REFUSED_2), 2, False, "stay"),
        (after_refusal(SERVES_1, REFUSED_2), 2, True, "take"),
        (after_refusal(SERVES_1, REFUSED_2), 3, False, "take"),
        (missing_from_start(SERVES_1, REFUSED_1), 1, False, "stay"),
        (missing_from_start(SERVES_1, REFUSED_1), 1, True, "take"),
        (missing_from_start(SERVES_1, REFUSED_1), 2, False, "take"),
        (missing_from_start(SERVES_1, UNTRIED_1), 1, False, "take"),
    ],
)
def test_another_version_is_taken_but_not_one_that_was_refused(
    following, version, is_asked, choice
):
    assert choose(following, fake_named(version), is_asked=is_asked) == choice


def test_the_same_bundle_under_another_number_is_no_other_version():
    again = fake_named(1)

    assert choose(SERVES_1, again, is_asked=False) == "stay"


def test_a_look_is_due_after_a_period_that_differs_by_a_tenth():
    schedule = Schedule(30.0)

    due = [
        after_look(SERVES_1, fake_named(1), now=100.0, schedule=schedule, share=share).due
        for share in (0.0, 0.5, 1.0)
    ]

    assert due == [127.0, 130.0, 133.0]
    assert jittered(10.0, 1.0) == 11.0


def test_looks_without_an_answer_are_rarer_each_time_up_to_five_minutes():
    following, waits = SERVES_1, []
    for _ in range(6):
        following = after_unavailable(
            following, "It is gone.", now=0.0, schedule=Schedule(30.0), share=1.0
        )
        waits.append(following.due)

    assert waits == [30.0, 60.0, 120.0, 240.0, 300.0, 300.0]
    assert (following.failures, following.failure) == (6, "It is gone.")


def test_a_period_above_five_minutes_is_kept_where_nothing_answers():
    following = after_unavailable(
        SERVES_1, "It is gone.", now=0.0, schedule=Schedule(3600.0), share=1.0
    )

    assert following.due == 3600.0


def test_an_answered_look_ends_the_failures_and_forgets_what_is_named_no_more():
    failed = after_unavailable(
        after_refusal(SERVES_1, REFUSED_2), "gone", now=0.0, schedule=Schedule(1.0), share=0.5
    )

    back = after_look(failed, fake_named(1), now=5.0, schedule=Schedule(1.0), share=0.5)
    still = after_look(failed, fake_named(2), now=5.0, schedule=Schedule(1.0), share=0.5)

    assert (back.failures, back.failure, back.refused) == (0, None, None)
    assert still.refused == REFUSED_2


def test_readiness_tells_what_serves_and_why_another_version_does_not():
    failed = after_unavailable(
        after_refusal(SERVES_1, REFUSED_2), "It is gone.", now=0, schedule=Schedule(1), share=0
    )

    assert facts_of(after_switch(failed, fake_named(3), at="later")) == {
        "reference": "sum@prod",
        "serves": "sum@3",
        "since": "later",
        "unavailable": {"looks": 1, "message": "It is gone."},
    }
    assert facts_of(failed) == {
        "reference": "sum@prod",
        "serves": "sum@1",
        "since": AT,
        "refused": {
            "version": "sum@2",
            "code": "bundle_corrupt",
            "message": "It is damaged.",
            "at": AT,
        },
        "unavailable": {"looks": 1, "message": "It is gone."},
    }


def test_what_is_missing_from_the_start_serves_nothing_until_a_version_is_taken():
    missing = missing_from_start(SERVES_1, REFUSED_1)

    assert facts_of(missing) == {
        "reference": "sum@prod",
        "serves": None,
        "since": AT,
        "refused": {
            "version": "sum@1",
            "code": "model_not_loadable",
            "message": "It hangs.",
            "at": AT,
        },
    }
    taken = after_switch(missing, fake_named(1), at=AT)
    assert facts_of(taken) == {"reference": "sum@prod", "serves": "sum@1", "since": AT}
    assert choose(taken, fake_named(1), is_asked=True) == "stay"


@pytest.mark.parametrize(
    ("error", "code", "message", "says_nothing"),
    [
        (ModelLoadError("It hangs."), "model_not_loadable", "It hangs.", False),
        (ValueError("not today"), "model_not_loadable", "ValueError: not today", False),
        (SourceUnavailableError("Gone."), "source_unavailable", "Gone.", True),
        (OSError("full"), "model_not_loadable", "OSError: full", True),
        (MemoryError(), "model_not_loadable", "MemoryError: ", True),
    ],
)
def test_a_refusal_says_why_and_whether_that_says_anything_of_the_version(
    error, code, message, says_nothing
):
    refusal = refusal_of(fake_named(2), error, at=datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC))

    assert refusal == Refusal(
        named=fake_named(2), code=code, message=message, at=AT, says_nothing=says_nothing
    )
