import dataclasses

import msgspec
import pytest
import yaml
from huggingface_hub import ModelCard

from golive.bundle.card import CardFacts, build_card, card_blanks
from golive.bundle.manifest import ModelSpec
from golive.bundle.profile import ColumnProfile, Evaluation, Profile
from golive.signature.model import Column, Output, Signature

EVALUATION = Evaluation(
    rows=1000,
    skipped=3,
    metrics={"accuracy": 0.9, "roc_auc": 0.95, "brier": 0.1},
    baseline={"accuracy": 0.75, "roc_auc": 0.5, "brier": 0.2},
    baseline_name="majority class",
)
FACTS = CardFacts(
    name="income",
    model=ModelSpec(kind="sklearn", loader="joblib", file="model/model.joblib"),
    signature=Signature(
        form="frame",
        columns=(
            Column(
                name="age",
                type="integer",
                dtype="int64",
                minimum=17,
                maximum=90,
                example=39,
                description="In full years | on the day",
            ),
            Column(
                name="sex",
                type="category",
                dtype="object",
                nullable=True,
                categories=("Female", "Male"),
                example="Male",
            ),
        ),
        output=Output(
            kind="binary", classes=("<=50K", ">50K"), positive=">50K", threshold=0.4, name="income"
        ),
    ),
    profile=Profile(
        rows=30000,
        columns=(ColumnProfile(name="age", count=30000, nulls=0),),
        evaluation=EVALUATION,
    ),
    requirements=("scikit-learn==1.5.2",),
    python_version="3.11.7",
    pack_command="golive pack model.joblib --data train.csv --eval held_out.csv",
    golden_count=12,
    tolerance=1e-6,
    data_name="train.csv",
    data_sha256="ab" * 32,
    evaluation_name="held_out.csv",
    git_commit="0123abc-dirty",
    notes=("The category '1' of zip was an integer in the sample.",),
)


def parsed(facts):
    return ModelCard(build_card(facts)).data


def test_hugging_face_reads_the_head():
    data = parsed(dataclasses.replace(FACTS, license="apache-2.0"))

    assert data.license == "apache-2.0"
    assert data.library_name == "sklearn"
    assert data.pipeline_tag == "tabular-classification"
    assert data.tags == ["golive", "sklearn", "binary"]
    assert data.metrics == ["accuracy", "roc_auc", "brier_score"]
    assert data.model_name == "income"


def test_hugging_face_reads_the_results():
    results = parsed(FACTS).eval_results

    assert [(r.metric_type, r.metric_name, r.metric_value) for r in results] == [
        ("accuracy", "accuracy", 0.9),
        ("roc_auc", "roc auc", 0.95),
        ("brier_score", "brier", 0.1),
    ]
    assert {r.dataset_name for r in results} == {"held_out.csv"}
    assert {r.task_type for r in results} == {"tabular-classification"}


def test_without_a_held_out_sample_the_card_says_so_and_has_no_results():
    facts = dataclasses.replace(FACTS, profile=Profile(rows=2, columns=()))

    assert parsed(facts).eval_results is None
    assert "No held-out sample was given, so there are no metrics" in build_card(facts)


@pytest.mark.parametrize(
    ("form", "kind", "task"),
    [
        ("frame", "multiclass", "tabular-classification"),
        ("matrix", "regression", "tabular-regression"),
        ("series", "multiclass", "text-classification"),
        ("series", "regression", None),
        ("object", "custom", None),
    ],
)
def test_the_task_follows_the_signature(form, kind, task):
    signature = msgspec.structs.replace(
        FACTS.signature, form=form, output=Output(kind=kind, classes=("a", "b"))
    )

    assert parsed(dataclasses.replace(FACTS, signature=signature)).pipeline_tag == task


def test_a_name_that_yaml_would_take_for_something_else_stays_a_name():
    assert parsed(dataclasses.replace(FACTS, name="no: yes # 1")).model_name == "no: yes # 1"


def test_a_card_has_every_section():
    titles = [line[3:] for line in build_card(FACTS).splitlines() if line.startswith("## ")]

    assert titles == [
        "Business question",
        "Owner",
        "Intended use",
        "Inputs",
        "Output",
        "Metrics of interest",
        "Evaluation",
        "How to monitor",
        "How to build",
        "Limits",
        "Golden records",
    ]


def test_what_is_known_is_filled_in():
    card = build_card(FACTS)

    assert "| age | integer | no | 17 to 90 | 39 | In full years \\| on the day |" in card
    assert '| sex | category | yes | "Female", "Male" | "Male" |  |' in card
    assert "| accuracy | 0.9 | 0.75 |" in card
    assert "On 1,000 rows of held_out.csv (3 without truth or answer)" in card
    assert "golive pack model.joblib --data train.csv --eval held_out.csv" in card
    assert "Commit: `0123abc-dirty`" in card
    assert "- The category '1' of zip was an integer in the sample." in card
    assert "the label changes at 0.4" in card


def test_what_only_a_person_knows_is_marked():
    assert card_blanks(build_card(FACTS)) == [
        "license: one of hf.co/docs/hub/repositories-licenses",
        "what is decided with it?",
        "who answers for this model, and how to reach them",
        "who uses it for what; what it is not for",
        "which of these the business question turns on, and from what value on",
        "when and from where the truth arrives, and who is told of an alarm",
        "for whom or what it is known to be wrong, unfair or untested",
    ]


def test_what_a_person_gave_is_no_blank():
    facts = dataclasses.replace(
        FACTS,
        license="mit",
        owner="The pricing team",
        business_question="Whom do we offer a loan?",
        intended_use="Only with a person's review.",
    )

    assert card_blanks(build_card(facts)) == [
        "which of these the business question turns on, and from what value on",
        "when and from where the truth arrives, and who is told of an alarm",
        "for whom or what it is known to be wrong, unfair or untested",
    ]


def test_the_head_is_plain_yaml():
    head = build_card(FACTS).split("---\n")[1]

    assert yaml.safe_load(head)["model-index"][0]["results"][0]["dataset"] == {
        "name": "held_out.csv",
        "type": "held-out",
    }


def test_a_function_model_has_no_table_of_columns():
    signature = Signature(form="object", columns=(), output=Output(kind="custom"))

    assert "JSON Schema" in build_card(dataclasses.replace(FACTS, signature=signature))


@pytest.mark.parametrize(
    ("column_type", "kind", "task"),
    [
        ("image", "multiclass", "image-classification"),
        ("image", "regression", None),
        ("bytes", "binary", None),
    ],
)
def test_the_task_follows_the_columns(column_type, kind, task):
    column = Column(name="x", type=column_type, dtype="object")
    signature = msgspec.structs.replace(
        FACTS.signature, form="series", columns=(column,), output=Output(kind=kind)
    )

    assert parsed(dataclasses.replace(FACTS, signature=signature)).pipeline_tag == task


def test_a_card_shows_the_size_of_images_and_shortens_them():
    photo = Column(
        name="photo", type="image", dtype="object", shape=(8, 8, 3), example="AAAA" * 400
    )
    grid = Column(name="grid", type="vector", dtype="float64", length=3)
    signature = msgspec.structs.replace(FACTS.signature, columns=(photo, grid))

    lines = build_card(dataclasses.replace(FACTS, signature=signature)).splitlines()

    assert '| photo | image | no | 8 × 8 × 3 pixels | "AAAAAAAAAAA… (1.2 kB)" |  |' in lines
    assert "| grid | vector | no | 3 numbers |  |  |" in lines
