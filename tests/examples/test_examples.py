"""The examples train without a warning, score well enough and say where their data are from."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import joblib
import pandas as pd
import pytest

import golive

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ["banking", "births", "income", "matching"]
needs_record_error = pytest.mark.skipif(
    not hasattr(golive, "RecordError"), reason="golive does not export RecordError"
)

BUDGET = {
    "budget_id": "b-1",
    "budget_price_budget": "410.00",
    "actual_cost_budget": "395.50",
    "budget_type_budget": "flight",
    "travel_vendor_receipts": "Northwind Air",
    "purchase_vendor_receipts": "Tripdesk",
    "start_datetime_trips": "2024-03-04T09:00:00Z",
    "end_datetime_trips": "2024-03-08T18:00:00Z",
    "generated_at_budget": "2024-02-12T10:15:00Z",
}
ITEM = {
    "itemization_id": "i-1",
    "expensed_amount_itemization": "395.50",
    "expense_type_name_itemization": "Airfare",
    "expense_category_itemization": "flight",
    "transaction_date_itemization": "2024-03-04",
    "vendor_name_expense": "NORTHWIND AIR",
    "expense_type_name_expense": "Flight",
    "expense_category_expense": "Travel",
}


def as_request(matching, record):
    budgets = [matching.Budget(**budget) for budget in record["budgets"]]
    items = [matching.LineItem(**item) for item in record["all_user_expense_lineitems"]]
    return matching.MatchRequest(budgets=budgets, all_user_expense_lineitems=items)


def one_pair(matching, budget=None, item=None):
    record = {
        "budgets": [BUDGET | (budget or {})],
        "all_user_expense_lineitems": [ITEM | (item or {})],
    }
    return as_request(matching, record)


@pytest.mark.parametrize(
    ("name", "score", "floor"),
    [
        ("births", "R2", 0.35),
        ("income", "accuracy", 0.83),
        ("income", "ROC AUC", 0.89),
        ("banking", "accuracy", 0.83),
        ("banking", "macro F1", 0.83),
        ("matching", "average precision", 0.9),
        ("matching", "ROC AUC", 0.95),
    ],
)
def test_an_example_trains_without_a_warning_and_scores_above_its_floor(train, name, score, floor):
    trained = train(name)

    assert trained.score(score) > floor


@pytest.mark.parametrize(
    ("name", "target", "score"),
    [
        ("births", "weight_pounds", "R2"),
        ("income", "income", "accuracy"),
        ("banking", "category", "accuracy"),
    ],
)
def test_the_model_left_behind_has_the_score_that_was_printed(train, name, target, score):
    trained = train(name)
    held_out = pd.read_csv(trained.folder / "held_out.csv")
    rows = held_out["text"] if name == "banking" else held_out.drop(columns=target)

    model = joblib.load(trained.folder / "model.joblib")

    assert model.score(rows, held_out[target]) == pytest.approx(trained.score(score), abs=0.0006)


def test_the_income_model_takes_a_null_in_every_column(train):
    trained = train("income")
    rows = pd.read_csv(trained.folder / "held_out.csv").drop(columns="income")
    nulls = pd.concat([rows.head(1).assign(**{column: float("nan")}) for column in rows])

    labels = joblib.load(trained.folder / "model.joblib").predict(nulls)

    assert set(labels) <= {"<=50K", ">50K"}
    assert len(labels) == 13


@pytest.mark.parametrize("name", NAMES)
def test_a_training_script_is_short(name):
    lines = (EXAMPLES / name / "train.py").read_text(encoding="utf-8").splitlines()

    assert len(lines) <= 60


@pytest.mark.parametrize(
    ("name", "files", "licence"),
    [
        ("banking", ["held_out.csv", "train.csv"], "CC BY 4.0"),
        ("births", ["held_out.csv", "train.csv"], "public domain"),
        ("income", ["held_out.csv", "train.csv"], "CC BY 4.0"),
        ("matching", ["requests.jsonl", "train.jsonl"], "CC0 1.0"),
    ],
)
def test_data_files_carry_their_licence(name, files, licence):
    found = sorted(p.name for p in (EXAMPLES / name).iterdir() if p.suffix in {".csv", ".jsonl"})
    text = (EXAMPLES / name / "LICENSE.md").read_text(encoding="utf-8")

    assert found == files
    assert licence in text
    assert all(f"`{file}`" in text for file in files)


def test_the_banking_data_keep_the_text_of_their_licence():
    text = (EXAMPLES / "banking" / "DATA_LICENSE").read_text(encoding="utf-8")

    assert text.startswith("Attribution 4.0 International")


def test_no_example_is_larger_than_700_kilobytes():
    data = [p for p in EXAMPLES.glob("*/*") if p.is_file() and p.suffix in {".csv", ".jsonl"}]
    sizes = {name: sum(p.stat().st_size for p in data if p.parent.name == name) for name in NAMES}

    assert all(0 < size < 700_000 for size in sizes.values()), sizes


def test_the_matching_data_are_what_their_script_makes(train):
    folder = train("matching").folder

    subprocess.run([sys.executable, "-W", "error", "make_data.py"], cwd=folder, check=True)

    for file in ("train.jsonl", "requests.jsonl"):
        assert (folder / file).read_bytes() == (EXAMPLES / "matching" / file).read_bytes()


@needs_record_error
def test_every_pair_of_a_sample_request_gets_one_entry_in_order(matching):
    lines = (EXAMPLES / "matching" / "requests.jsonl").read_text(encoding="utf-8").splitlines()
    requests = [as_request(matching, json.loads(line)) for line in lines]

    answers = [matching.match(request) for request in requests]

    assert len(answers) == 60
    for request, answer in zip(requests, answers, strict=True):
        ids = [
            (budget.budget_id, item.itemization_id)
            for budget in request.budgets
            for item in request.all_user_expense_lineitems
        ]
        assert len(answer) == len(ids)
        for entry, pair in zip(answer, ids, strict=True):
            if isinstance(entry, golive.RecordError):
                assert entry.code == "missing_amount"
            else:
                assert (entry.budget_id, entry.itemization_id) == pair
                assert 0 <= entry.score <= 1


@needs_record_error
def test_a_true_match_scores_high_and_a_stranger_low(matching):
    stranger = {
        "expensed_amount_itemization": "12.00",
        "expense_type_name_itemization": "Meals",
        "expense_category_itemization": "meal",
        "expense_type_name_expense": "Meal",
        "expense_category_expense": "Meals",
        "transaction_date_itemization": "2024-05-20",
        "vendor_name_expense": "Noodle Corner",
    }

    [high] = matching.match(one_pair(matching))
    [low] = matching.match(one_pair(matching, item=stranger))

    assert high.score > 0.9
    assert low.score < 0.1


@needs_record_error
@pytest.mark.parametrize("field", [f for f in BUDGET if f != "budget_id"])
def test_a_null_in_a_budget_is_harmless(matching, field):
    [entry] = matching.match(one_pair(matching, budget={field: None}))

    assert isinstance(entry, matching.Match)


@needs_record_error
@pytest.mark.parametrize(
    ("budget", "item", "code", "field"),
    [
        ({"budget_id": None}, {}, "missing_id", "budgets[0].budget_id"),
        (
            {"budget_price_budget": "12,5"},
            {},
            "not_an_amount",
            "budgets[0].budget_price_budget",
        ),
        (
            {"end_datetime_trips": "next week"},
            {},
            "unreadable_date",
            "budgets[0].end_datetime_trips",
        ),
        (
            {},
            {"itemization_id": " "},
            "missing_id",
            "all_user_expense_lineitems[0].itemization_id",
        ),
        (
            {},
            {"expensed_amount_itemization": None},
            "missing_amount",
            "all_user_expense_lineitems[0].expensed_amount_itemization",
        ),
        (
            {},
            {"expensed_amount_itemization": "NaN"},
            "not_an_amount",
            "all_user_expense_lineitems[0].expensed_amount_itemization",
        ),
        (
            {},
            {"transaction_date_itemization": "2024-02-30"},
            "unreadable_date",
            "all_user_expense_lineitems[0].transaction_date_itemization",
        ),
    ],
)
def test_a_pair_that_cannot_be_scored_says_which_field_and_why(matching, budget, item, code, field):
    [error] = matching.match(one_pair(matching, budget, item))

    assert isinstance(error, golive.RecordError)
    assert (error.code, error.field) == (code, field)


@needs_record_error
def test_an_unscorable_line_item_leaves_the_other_pairs_alone(matching):
    request = one_pair(matching)
    [good] = request.all_user_expense_lineitems
    bad = dataclasses.replace(good, expensed_amount_itemization="much")
    mixed = dataclasses.replace(request, all_user_expense_lineitems=[good, bad, good])
    alone = matching.match(request)

    first, error, last = matching.match(mixed)

    assert [first] == [last] == alone
    assert error.field == "all_user_expense_lineitems[1].expensed_amount_itemization"


@needs_record_error
def test_too_many_pairs_are_refused_as_a_whole(matching):
    request = one_pair(matching)
    many = dataclasses.replace(
        request,
        budgets=request.budgets * 101,
        all_user_expense_lineitems=request.all_user_expense_lineitems * 100,
    )

    with pytest.raises(golive.RecordError) as raised:
        matching.match(many)

    assert raised.value.code == "too_many_pairs"


@needs_record_error
def test_a_request_without_pairs_gets_an_empty_answer(matching):
    empty = matching.MatchRequest(budgets=[], all_user_expense_lineitems=[])

    assert matching.match(empty) == []
