"""What the gate allows and what it refuses."""

from dataclasses import replace

import pytest

from golive.checking.difference import Change, Difference
from golive.checking.report import Finding, Report
from golive.release.comparing import Comparison, MetricDifference
from golive.release.gate import Found, NotMade, Permission, decide, told
from golive.release.promotion import evidence_of

GAP = MetricDifference(
    champion=0.9, challenger=0.8, difference=-0.1, low=-0.15, high=-0.05, less_is_better=False
)
WORSE = Comparison(
    rows=1500,
    skipped=0,
    only_champion=0,
    only_challenger=0,
    metric="accuracy",
    tolerance=0.0,
    differences={"accuracy": GAP},
)
BETTER = replace(WORSE, differences={"accuracy": replace(GAP, low=0.01, high=0.05)})
UNDECIDED = replace(WORSE, differences={"accuracy": replace(GAP, low=-0.15, high=0.05)})
CLEAN = Report(bundle="b", name="games", version="0123", findings=())
ERRORS = tuple(
    Finding(
        check="unseen_category",
        severity="error",
        code="model_failed",
        subject=subject,
        message="it failed",
    )
    for subject in ("city", "team")
)
FAULTS = replace(CLEAN, findings=ERRORS)
WARNED = replace(
    CLEAN, findings=(Finding(check="card", severity="warning", code="card_blanks", message="2"),)
)
COMPATIBLE = Difference(before="games 0123", after="games 4567", changes=())
BREAKING = replace(
    COMPATIBLE,
    changes=(Change(area="input", subject="age", effect="breaking", message="it is new"),),
)
FOUND = Found(check=CLEAN, difference=COMPATIBLE, comparison=BETTER)
ANYWAY = Permission(anyway="the old one is too slow")


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"comparison": UNDECIDED},
        {"comparison": NotMade("no labelled rows were given")},
        {"check": WARNED},
        {"check": NotMade("it was left out")},
        {"difference": None, "comparison": NotMade("no version holds the alias")},
        {"comparison": replace(BETTER, only_challenger=3)},
        {"comparison": replace(WORSE, tolerance=0.05)},
    ],
)
def test_what_is_not_shown_to_be_worse_passes(change) -> None:
    assert decide(replace(FOUND, **change), Permission()).name == "passed"


@pytest.mark.parametrize(
    ("change", "code", "message", "flag"),
    [
        (
            {"check": FAULTS},
            "check_failed",
            "the check found 2 errors model_failed, at unseen category city: it failed",
            "--anyway",
        ),
        (
            {"difference": BREAKING},
            "breaking",
            "it breaks callers, input age: it is new",
            "--breaking",
        ),
        (
            {"comparison": WORSE},
            "worse",
            f"it is {told(WORSE)}",
            "--anyway",
        ),
        (
            {"comparison": replace(BETTER, only_champion=3)},
            "unanswered",
            "3 labelled rows get no answer, and got one before",
            "--anyway",
        ),
        (
            {"comparison": NotMade("x"), "failure": "it ended"},
            "does_not_answer",
            "it does not answer the labelled rows: it ended",
            "--anyway",
        ),
        (
            {"difference": None, "comparison": NotMade("x"), "unreadable": "It is missing."},
            "unreadable",
            "it cannot be compared with what stands there: It is missing.",
            "--anyway",
        ),
    ],
)
def test_what_speaks_against_it_is_refused_unless_its_flag_is_given(
    change, code, message, flag
) -> None:
    found = replace(FOUND, **change)

    refused = decide(found, Permission())
    (reason,) = refused.reasons
    assert (refused.name, refused.missing) == ("refused", (flag,))
    assert (reason.code, reason.message) == (code, message)

    wrong = Permission(breaking=True) if flag == "--anyway" else ANYWAY
    assert decide(found, wrong).name == "refused"
    right = ANYWAY if flag == "--anyway" else Permission(breaking=True)
    assert decide(found, right).name == "overridden"


def test_each_reason_needs_its_own_flag() -> None:
    found = replace(FOUND, difference=BREAKING, comparison=WORSE)

    assert decide(found, Permission()).missing == ("--breaking", "--anyway")
    assert decide(found, Permission(breaking=True)).missing == ("--anyway",)
    assert decide(found, replace(ANYWAY, breaking=True)).is_allowed


def test_a_comparison_is_told_with_its_interval() -> None:
    assert told(WORSE) == (
        "worse on 1,500 labelled rows: accuracy 0.9 → 0.8, a difference of -0.1 (95% interval "
        "-0.15 to -0.05)"
    )
    assert told(UNDECIDED) == (
        "not shown to be better or worse on 1,500 labelled rows: accuracy 0.9 → 0.8, a difference "
        "of -0.1 (95% interval -0.15 to +0.05)"
    )


def test_the_evidence_holds_what_was_decided_and_why() -> None:
    found = replace(FOUND, check=FAULTS, comparison=WORSE, difference=BREAKING)
    permission = replace(ANYWAY, breaking=True)

    evidence = evidence_of(found, decide(found, permission), permission, 6)

    assert evidence == {
        "format_version": 1,
        "verdict": "overridden",
        "champion": 6,
        "reasons": [
            {
                "code": "check_failed",
                "message": "the check found 2 errors model_failed, at unseen category city: it "
                "failed",
                "allowed_by": "--anyway",
            },
            {
                "code": "breaking",
                "message": "it breaks callers, input age: it is new",
                "allowed_by": "--breaking",
            },
            {
                "code": "worse",
                "message": "it is worse on 1,500 labelled rows: accuracy 0.9 → 0.8, a difference "
                "of -0.1 (95% interval -0.15 to -0.05)",
                "allowed_by": "--anyway",
            },
        ],
        "anyway": "the old one is too slow",
        "check": {
            "made": True,
            "verdict": "faults",
            "codes": {"error": ["model_failed"], "warning": []},
        },
        "changes": {"verdict": "breaking", "breaking": ["input age"], "golden_records": None},
        "comparison": {
            "made": True,
            "metric": "accuracy",
            "standing": "worse",
            "tolerance": 0.0,
            "rows": 1500,
            "skipped": 0,
            "only_champion": 0,
            "only_challenger": 0,
            "metrics": {
                "accuracy": {
                    "champion": 0.9,
                    "challenger": 0.8,
                    "difference": -0.1,
                    "low": -0.15,
                    "high": -0.05,
                    "standing": "worse",
                }
            },
        },
    }


def test_what_was_not_looked_at_is_recorded_as_such() -> None:
    found = Found(check=NotMade("left out"), difference=None, comparison=NotMade("no rows"))

    evidence = evidence_of(found, decide(found, Permission()), Permission(), None)

    assert evidence["check"] == {"made": False, "because": "left out"}
    assert evidence["comparison"] == {"made": False, "because": "no rows"}
    assert evidence["changes"] is None
