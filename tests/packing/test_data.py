"""Tables read from files, and rows as JSON."""

import gzip
import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.errors import UsageError
from golive.packing.columns import column_of
from golive.packing.data import (
    as_frame,
    plain_value,
    read_records,
    read_table,
    rows_of,
    text_reader,
)
from golive.signature.model import Output, Signature

TABLE = pd.DataFrame({"n": [1, 2], "s": ["a", "b"]})


def write(path, frame):
    match path.suffixes:
        case [".parquet"]:
            frame.to_parquet(path)
        case [".tsv", *_]:
            frame.to_csv(path, index=False, sep="\t")
        case [".csv", *_]:
            frame.to_csv(path, index=False)
        case [".json", *_]:
            frame.to_json(path, orient="records")
        case _:
            frame.to_json(path, orient="records", lines=True)
    return path


@pytest.mark.parametrize(
    "name",
    ["t.csv", "t.CSV.gz", "t.tsv", "t.tsv.gz", "t.parquet", "t.jsonl", "t.jsonl.gz", "t.ndjson",
     "t.ndjson.gz", "t.json", "t.json.gz"],
)  # fmt: skip
def test_every_ending_gives_the_same_table(tmp_path, name):
    path = write(tmp_path / name.lower(), TABLE).rename(tmp_path / name)

    frame = read_table(path)

    pd.testing.assert_frame_equal(frame, TABLE)


def test_text_columns_keep_leading_zeros_and_nulls(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("code,n\n01,1\n,2\n10,3\n")

    frame = read_table(path, text_columns=["code", "absent"])

    assert frame["code"].isna().tolist() == [False, True, False]
    assert frame["code"].dropna().tolist() == ["01", "10"]
    assert frame["n"].tolist() == [1, 2, 3]


def test_a_text_reader_gives_what_stands_in_a_csv_and_nothing_for_other_data(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("code,n\nNA,1\n,2\n")

    reader = text_reader(path)

    assert reader is not None
    assert reader(["code"])["code"].tolist() == ["NA", ""]
    assert text_reader(TABLE) is None
    assert text_reader(tmp_path / "t.parquet") is None


def test_json_keeps_texts_that_look_like_numbers_and_dates(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"code": "01", "date": "2024-01-01"}\n\n{"code": "02", "date": null}\n')

    frame = read_table(path)

    assert frame["code"].tolist() == ["01", "02"]
    assert frame["date"].iloc[0] == "2024-01-01"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "is empty"),
        ("b.csv", b"x,y\n", "has no rows"),
        ("c.csv", b"x,x\n1,2\n", "names a column more than once: 'x'"),
        ("d.csv", b"x\n\xff\xfe\n", "cannot be read"),
        ("e.csv", b'x,y\n"1,2\n', "cannot be read"),
        ("f.csv.gz", b"no gzip", "cannot be read"),
        ("g.parquet", b"no parquet", "cannot be read"),
        ("h.jsonl", b'{"x": 1}\n{"x"\n', "line 2 is no JSON"),
        ("i.jsonl", b"[1]\n", "Record 1 of .* is a list"),
        ("j.json", b'{"x": 1}', "one JSON dict, not a list"),
        ("k.json", b"[]", "has no records"),
        ("l.xlsx", b"x", "does not read"),
        ("m.jsonl.gz", gzip.compress(b'{"x": 1}', mtime=0)[:-9], "cannot be read"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(UsageError, match=message) as caught:
        read_table(path)

    assert caught.value.hint


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(UsageError, match="There is no file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="is no file"):
        read_table(tmp_path)


def test_records_keep_their_structure(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"items": [{"id": "1"}]}\n"text"\n')

    assert read_records(path) == [{"items": [{"id": "1"}]}, "text"]


def test_records_do_not_come_from_a_table(tmp_path):
    with pytest.raises(UsageError, match="holds a table"):
        read_records(write(tmp_path / "t.csv", TABLE))


def test_other_tables_become_frames():
    assert as_frame(np.zeros((2, 2))).columns.tolist() == ["x0", "x1"]
    assert as_frame(["a", "b"]).columns.tolist() == ["text"]
    assert as_frame(pd.Series([1.0], name="v")).columns.tolist() == ["v"]
    assert as_frame([{"a": 1}]).to_dict("records") == [{"a": 1}]
    assert as_frame(pd.DataFrame({0: [1]}, index=[9])).to_dict("list") == {"0": [1]}


@pytest.mark.parametrize("data", [None, [], 3, np.zeros(3), pd.DataFrame({"a": []})])
def test_what_is_no_table_is_refused(data):
    with pytest.raises(UsageError):
        as_frame(data)


def rows(frame):
    columns = tuple(column_of(frame[name]) for name in frame.columns)
    output = Output(kind="regression")
    return rows_of(frame, Signature(form="frame", columns=columns, output=output))


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-(2**53), 2**53),
            st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)),
            st.booleans(),
            st.one_of(st.none(), st.text(max_size=5)),
            st.one_of(st.none(), st.datetimes()),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_rows_say_in_json_what_the_frame_holds(values):
    frame = pd.DataFrame(
        {
            "i": pd.Series([v[0] for v in values], dtype="int64"),
            "f": pd.Series([v[1] for v in values], dtype="float64"),
            "b": pd.Series([v[2] for v in values], dtype="bool"),
            "s": pd.Series([v[3] for v in values], dtype=object),
            "d": pd.Series([v[4] for v in values], dtype="datetime64[us]"),
        }
    )

    found = json.loads(json.dumps(rows(frame)))

    assert [tuple(row.values()) for row in found] == [
        (i, f, b, s, None if d is None else d.isoformat()) for i, f, b, s, d in values
    ]
    assert all(type(row["i"]) is int and type(row["b"]) is bool for row in found)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (pd.NA, None), (pd.NaT, None), (float("nan"), None), (np.float32("nan"), None),
        (np.int8(3), 3), (np.bool_(True), True), (np.str_("x"), "x"),
        (np.array([1.5, np.nan]), [1.5, None]),
        (np.datetime64("2024-01-02"), "2024-01-02T00:00:00"),
        (pd.Timestamp("2024-01-02", tz="UTC"), "2024-01-02T00:00:00+00:00"),
    ],
)  # fmt: skip
def test_a_scalar_becomes_plain(value, plain):
    assert plain_value(value) == plain
    assert type(plain_value(value)) is type(plain)


def test_an_infinity_stays_one():
    assert math.isinf(rows(pd.DataFrame({"x": [np.inf, 1.0]}))[0]["x"])


def test_another_sample_keeps_what_its_type_does_not_allow():
    trained = pd.DataFrame({"n": [1, 2]})
    columns = (column_of(trained["n"]),)
    signature = Signature(form="frame", columns=columns, output=Output(kind="regression"))

    found = rows_of(pd.DataFrame({"n": [1.0, 2.5, None]}), signature)

    assert [repr(row["n"]) for row in found] == ["1", "2.5", "None"]
