"""Two bundles compared: what breaks those who call the first."""

import pytest
from msgspec.structs import replace
from sklearn.linear_model import LogisticRegression
from tests.checking import planted
from tests.checking.conftest import COLUMNS, RECORDS

import golive
from golive.bundle.profile import Evaluation, Profile
from golive.checking.answer_changes import compare_answers
from golive.checking.bundle_changes import output_changes
from golive.checking.input_changes import input_changes
from golive.checking.schema_changes import schema_changes
from golive.signature.model import Column, Output, Signature

BEFORE = Signature(form="frame", columns=COLUMNS, output=Output(kind="regression"))
AGE, INCOME, CITY, NOTE = COLUMNS


def of(*columns, **changes):
    return replace(BEFORE, columns=columns, **changes)


def told(changes):
    return [(change.effect, change.subject, change.message) for change in changes]


NEW = Column(name="new", type="number", dtype="float64")


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (BEFORE, []),
        (of(*COLUMNS, NEW), [("breaking", "new", "new and required (number)")]),
        (
            of(*COLUMNS, replace(NEW, on_missing="null", on_null="pass")),
            [("compatible", "new", "new, and may be missing (number)")],
        ),
        (
            of(*COLUMNS, replace(NEW, on_missing="null")),
            [("breaking", "new", "new and required (number)")],
        ),
        (of(AGE, INCOME, CITY), [("compatible", "note", "removed; callers may still send it")]),
        (
            of(AGE, INCOME, CITY, on_extra="error"),
            [
                (
                    "breaking",
                    "note",
                    "removed, and columns that are not in the signature are errors",
                ),
                ("breaking", "", "columns of no model"),
            ],
        ),
        (
            of(AGE, replace(INCOME, type="integer"), CITY, NOTE),
            [("breaking", "income", "type number → integer")],
        ),
        (
            of(replace(AGE, type="number"), INCOME, CITY, NOTE),
            [("compatible", "age", "type integer → number")],
        ),
        (
            of(replace(AGE, on_null="error"), INCOME, CITY, NOTE),
            [("breaking", "age", "null was accepted and is an error now")],
        ),
        (
            of(replace(AGE, on_range="error"), INCOME, CITY, NOTE),
            [("breaking", "age", "values outside the range are errors now")],
        ),
        (
            of(replace(AGE, minimum=20), INCOME, CITY, NOTE),
            [("compatible", "age", "range 18 … 89 → 20 … 89")],
        ),
        (
            of(AGE, INCOME, replace(CITY, categories=("Bonn", "Ulm", "Kiel")), NOTE),
            [
                ("compatible", "city", "1 categories are gone: 'Köln'"),
                ("compatible", "city", "1 categories are new: 'Kiel'"),
            ],
        ),
        (
            of(AGE, INCOME, replace(CITY, categories=("Bonn",), on_unseen="error"), NOTE),
            [
                ("breaking", "city", "an unknown category was accepted and is an error now"),
                ("breaking", "city", "2 categories are gone: 'Köln', 'Ulm'"),
            ],
        ),
        (
            of(AGE, INCOME, CITY, replace(NOTE, description="what they said", example="x")),
            [
                ("compatible", "note", "another description"),
                ("compatible", "note", "another example"),
            ],
        ),
        (
            Signature(form="object", columns=(), output=Output(kind="regression")),
            [("breaking", "", "the request has another form")],
        ),
    ],
)
def test_changes_of_the_input(after, expected):
    assert told(input_changes(BEFORE, after)) == expected


def test_a_narrower_range_breaks_where_ranges_are_enforced():
    before, after = (of(replace(AGE, on_range="error", maximum=maximum)) for maximum in (90, 80))

    assert [c.effect for c in input_changes(before, after)] == ["breaking"]
    assert [c.effect for c in input_changes(after, before)] == ["compatible"]


def test_another_length_of_a_vector_breaks():
    before, after = (
        of(Column(name="v", type="vector", dtype="float64", length=length)) for length in (3, 4)
    )

    assert told(input_changes(before, after)) == [("breaking", "v", "shape 3 → 4")]


BINARY = Output(kind="binary", classes=("no", "yes"), positive="yes")


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (BINARY, []),
        (Output(kind="regression"), [("breaking", "kind", "kind binary → regression")]),
        (
            replace(BINARY, classes=("yes", "no")),
            [("compatible", "classes", "the classes have another order")],
        ),
        (
            replace(BINARY, classes=("no", "maybe"), positive="maybe"),
            [
                ("breaking", "classes", "the classes are others"),
                ("breaking", "positive", "the score is of 'maybe' instead of 'yes'"),
            ],
        ),
        (
            replace(BINARY, has_probabilities=False),
            [("breaking", "probabilities", "no probabilities")],
        ),
        (
            replace(BINARY, threshold=0.4),
            [("compatible", "threshold", "threshold the model's own → 0.4")],
        ),
    ],
)
def test_changes_of_the_output(after, expected):
    assert told(output_changes(BINARY, after)) == expected


def object_of(required=(), **properties):
    return {"type": "object", "properties": properties, "required": list(required)}


TEXT, NUMBER = {"type": "string"}, {"type": "number"}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (object_of(a=TEXT), object_of(a=TEXT), []),
        (
            object_of(a=TEXT),
            object_of(a=TEXT, b=TEXT),
            [("b", "compatible", "new, and may be missing")],
        ),
        (object_of(), object_of(["b"], b=TEXT), [("b", "breaking", "new and required")]),
        (object_of(a=TEXT), object_of(), [("a", "compatible", "removed")]),
        (
            object_of(a=TEXT),
            object_of() | {"additionalProperties": False},
            [("a", "breaking", "removed, and other fields are errors")],
        ),
        (
            object_of(a=TEXT),
            object_of(["a"], a=TEXT),
            [("a", "breaking", "may not be missing any more")],
        ),
        (
            object_of(a={"type": ["string", "null"]}),
            object_of(a=TEXT),
            [("a", "breaking", "type null or string → string")],
        ),
        (
            object_of(a={"type": "integer"}),
            object_of(a=NUMBER),
            [("a", "compatible", "type integer → integer or number")],
        ),
        (
            object_of(a={"enum": [1, 2]}),
            object_of(a={"enum": [1]}),
            [("a", "breaking", "other values are allowed")],
        ),
        (
            object_of(a={"type": "array", "items": {"$ref": "#/$defs/P"}}) | {"$defs": {"P": TEXT}},
            object_of(a={"type": "array", "items": {"$ref": "#/$defs/P"}})
            | {"$defs": {"P": NUMBER}},
            [("a[]", "breaking", "type string → integer or number")],
        ),
        (
            object_of(a={"type": "string", "maxLength": 9}),
            object_of(a={"type": "string", "maxLength": 5}),
            [("a", "breaking", "maxLength is another")],
        ),
    ],
)
def test_changes_of_a_function_models_request(before, after, expected):
    assert list(schema_changes(before, after)) == expected


def test_answers_are_compared_record_by_record():
    fault = {"error": {"code": "model_failed", "message": "x"}}
    rows = [
        ("a", {"label": "no", "score": 0.2}, {"label": "no", "score": 0.3}),
        ("b", {"label": "no", "score": 0.4}, {"label": "yes", "score": 0.8}),
        ("c", {"label": "no", "score": 0.1}, fault),
        ("d", fault, {"label": "no", "score": 0.1}),
        ("e", fault, {"error": {"code": "model_failed", "message": "y"}}),
    ]

    found = compare_answers(rows, tolerance=1e-9)

    assert (found.records, found.differing, found.flipped) == (5, 4, ("b",))
    assert (found.appeared, found.vanished) == (("c",), ("d",))
    assert found.mean_difference == pytest.approx(0.25)
    assert found.max_difference == pytest.approx(0.4)
    assert found.largest_at == "b"


def test_a_bundle_is_the_same_as_itself(write):
    path = write(planted.Classifier()).path

    found = golive.diff(path, path)

    assert (found.verdict, found.changes) == ("same", ())
    assert (found.answers.records, found.answers.differing) == (4, 0)


def test_two_bundles_are_compared_whole(write):
    def evaluation(accuracy, loss):
        metrics = {"accuracy": accuracy, "log_loss": loss}
        return Evaluation(
            rows=20, skipped=0, metrics=metrics, baseline={}, baseline_name="majority class"
        )

    before = write(
        planted.Classifier(),
        profile=Profile(rows=80, columns=(), evaluation=evaluation(0.8, 0.4)),
        requirements=("scikit-learn==1.5.2",),
    )
    after = write(
        planted.Refusing("note", lambda value: value == "two"),
        name="after",
        golden=(),
        profile=Profile(rows=80, columns=(), evaluation=evaluation(0.75, 0.35)),
        requirements=("scikit-learn==1.6.0",),
        columns={"age": {"on_null": "error"}},
        card="# other\n",
    )

    found = golive.diff(before.path, after.path)

    assert found.verdict == "breaking"
    effects = {(c.area, c.subject): c.effect for c in found.changes}
    assert effects == {
        ("input", "age"): "breaking",
        ("answers", "error"): "breaking",
        ("metrics", "accuracy"): "worse",
        ("metrics", "log_loss"): "better",
        ("model", "name"): "note",
        ("model", "model"): "note",
        ("environment", "scikit-learn"): "note",
        ("size", "bundle"): "note",
        ("size", "model"): "note",
        ("card", "card.md"): "note",
    }
    assert found.answers.appeared == (RECORDS[1],)


def test_scores_that_differ_are_named(write):
    before = write(planted.Classifier())
    surer = planted.Classifier()
    surer.inner = planted.fitted(LogisticRegression(C=0.01))
    after = write(surer, name="after")

    found = golive.diff(before.path, after.path)

    assert found.verdict == "compatible"
    assert found.answers.differing == 4
    assert 0 < found.answers.mean_difference < found.answers.max_difference < 1
    assert found.answers.largest_at in RECORDS


def test_a_model_that_does_not_run_here_is_compared_by_what_was_packed(write):
    before = write(planted.Regressor())
    content = (before.path / "model/model.pkl").read_bytes()
    broken = content.replace(b"make_pipeline", b"make_pipelinX")
    after = write(planted.Regressor(), name="after", model_files={"model/model.pkl": broken})

    found = golive.diff(before.path, after.path)

    assert found.answers.source == "stored"
    assert (found.answers.records, found.answers.differing) == (4, 0)
    assert "does not run here" in found.answers.obstacle
    assert found.verdict == "compatible"


def test_no_model_is_run_where_answers_are_not_asked_for(write):
    path = write(planted.Exiting()).path

    assert golive.diff(path, path, answers=False).answers is None
