"""A request of 100 records of which 37 are broken, each in its own way, on every example."""

from __future__ import annotations

import json
import random

import pytest

import golive
from golive.bundle.reading import open_bundle
from golive.engine.golden import compare

pytestmark = pytest.mark.slow

BROKEN_TEXTS = [
    *[
        (value, None)
        for value in (None, 0, -1, 1.5, 10**30, True, False, [], ["a"], [1], [[]], [{}])
    ],
    *[({"text": value}, "text") for value in (None, 0, -1, 1.5, 10**30, True, False)],
    *[
        ({"text": value}, "text")
        for value in ([], ["card"], [1], [[]], {}, {"a": "b"}, {"text": "x"})
    ],
    *[
        ({key: "Where is my card?"}, "text")
        for key in ("txt", "Text", "TEXT", "text ", " text", "t", "")
    ],
    *[({"query": "a", "lang": value}, "text") for value in ("en", 1, None)],
    ({}, "text"),
]


def broken_columns(good, columns):
    """Ways to break records of a table: (record, field), 37 different ones."""
    wrong = [[1], {"a": 1}, [[]], {}]
    missing = [({k: v for k, v in good.items() if k != c}, c) for c in columns]
    mistyped = [({**good, c: value}, c) for value in wrong for c in columns]
    huge = [({**good, columns[0]: 10**400}, columns[0]), ({**good, columns[0]: ""}, columns[0])]
    shapes = [(value, None) for value in (None, 7, "text", [], [good], True)]
    return (missing + huge + shapes + mistyped)[:37]


def broken_requests(good):
    """Ways to break requests of the matching example: (request, field)."""
    cases = [(value, None) for value in (None, 7, "text", [], True)]
    for name in ("budgets", "all_user_expense_lineitems"):
        cases += [({k: v for k, v in good.items() if k != name}, name)]
        cases += [({**good, name: value}, name) for value in (None, 3, "x", {"a": 1})]
        for field in good[name][0]:
            for value in (5, [1]):
                item = {**good[name][0], field: value}
                cases.append(({**good, name: [item, *good[name][1:]]}, f"{name}[0].{field}"))
    return cases[:37]


def good_records(bundle, count, source):
    predictor = golive.load(bundle.path)
    if (source / "requests.jsonl").exists():
        lines = (source / "requests.jsonl").read_text().splitlines()
        rows = [json.loads(line) for line in lines]
        rows = [r for r in rows if r["budgets"] and r["all_user_expense_lineitems"]]
        rows = [rows[i % len(rows)] for i in range(count)]
    else:
        import pandas as pd
        from tests.end_to_end.agreement import records_of

        frame = pd.read_csv(source / "held_out.csv")
        rows = records_of(frame[list(predictor.signature.column_names)].head(count))
    return rows, predictor.predict(rows)


@pytest.mark.parametrize("name", ["births", "income", "banking", "matching"])
def test_63_good_records_are_answered_and_37_broken_ones_are_named(name, prepared_examples, serve):
    bundle = open_bundle(prepared_examples.packed(name))
    good, expected = good_records(bundle, 63, prepared_examples.trained(name).folder)
    numeric_first = sorted(
        (c for c in bundle.signature.columns),
        key=lambda c: c.type not in ("integer", "number"),
    )
    broken = {
        "banking": lambda: BROKEN_TEXTS,
        "matching": lambda: broken_requests(good[0]),
    }.get(name, lambda: broken_columns(good[0], [c.name for c in numeric_first]))()
    assert len({json.dumps(case[0]) for case in broken}) == 37
    records = [("good", i) for i in range(63)] + [("broken", i) for i in range(37)]
    random.Random(37).shuffle(records)
    body = [good[i] if kind == "good" else broken[i][0] for kind, i in records]
    ids = [f"{kind}-{i}" for kind, i in records]

    with serve(bundle.path) as served:
        answer = served.client.post("/predict", json={"records": body, "ids": ids})
    log = served.request_lines()  # lines may still be on their way while the server runs

    assert answer.status_code == 200
    predictions = answer.json()["predictions"]
    assert [p["id"] for p in predictions] == ids
    for (kind, i), prediction in zip(records, predictions, strict=True):
        rest = {k: v for k, v in prediction.items() if k != "id"}
        if kind == "good":
            assert compare(i, expected[i], rest, tolerance=1e-12) == []
        else:
            assert set(rest) == {"error"}, (broken[i], rest)
            assert rest["error"].get("field") == broken[i][1], (broken[i], rest)
            assert rest["error"]["code"]
            assert rest["error"]["message"]
    assert len(log) == 1
    assert json.loads(log[0])["records"] == 100
    assert json.loads(log[0])["failed"] == 37
