import gzip
import io
import json
import sys

import pytest

GOOD = '{"label":"old","score":0.5,"probabilities":{"old":0.5,"young":0.5}}\n'
BAD = '{"error":{"code":"missing_column","message":"no age","field":"age"}}\n'


@pytest.fixture
def stdin(monkeypatch):
    def give(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))

    return give


def test_answers_are_json_lines_in_order_and_the_summary_is_on_stderr(golive, tmp_path, capsys):
    (tmp_path / "rows.jsonl").write_text('{"age": 1}\n{}\n\n{"age": 3}\n')

    code = golive("predict", "a.bundle", "rows.jsonl")

    assert code == 0
    assert capsys.readouterr() == (GOOD + BAD + GOOD, "records: 3, answered: 2, failed: 1\n")


def test_a_line_that_is_no_json_has_its_error_in_its_place(golive, tmp_path, capsys):
    (tmp_path / "rows.jsonl").write_text('{"age": 1}\n{"age"\n{"age": 3}\n')

    code = golive("predict", "a.bundle", "rows.jsonl")

    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 0
    assert [answer.get("label") for answer in answers] == ["old", None, "old"]
    assert answers[1]["error"]["code"] == "malformed_json"


def test_the_code_is_1_only_if_nothing_was_answered(golive, tmp_path, capsys):
    (tmp_path / "rows.jsonl").write_text("{}\n{}\n")

    code = golive("predict", "a.bundle", "rows.jsonl")

    assert code == 1
    assert capsys.readouterr() == (BAD + BAD, "records: 2, answered: 0, failed: 2\n")


def test_csv_values_stay_the_text_that_they_are(golive, actions, tmp_path):
    (tmp_path / "rows.csv").write_text("age,plan\n41,01\n,b\n")

    golive("predict", "a.bundle", "rows.csv", "--threshold", "0.3", "--top", "2")

    assert actions.predictor.calls == [
        ([{"age": "41", "plan": "01"}, {"age": "", "plan": "b"}], 0.3, 2)
    ]


def test_parquet_keeps_its_types(golive, actions, tmp_path):
    pd = pytest.importorskip("pandas")
    pd.DataFrame({"age": [41, 42], "plan": ["a", None]}).to_parquet(tmp_path / "rows.parquet")

    golive("predict", "a.bundle", "rows.parquet")

    rows = actions.predictor.calls[0][0]
    assert rows == [{"age": 41, "plan": "a"}, {"age": 42, "plan": None}]


def test_a_compressed_file_is_read(golive, actions, tmp_path):
    (tmp_path / "rows.jsonl.gz").write_bytes(gzip.compress(b'{"age": 1}\n'))

    golive("predict", "a.bundle", "rows.jsonl.gz")

    assert actions.predictor.calls[0][0] == [{"age": 1}]


@pytest.mark.parametrize(
    ("body", "records"),
    [
        (b'{"age": 1}', [{"age": 1}]),
        (b'[{"age": 1}, {"age": 2}]', [{"age": 1}, {"age": 2}]),
        (b'{"age": 1}\n{"age": 2}\n', [{"age": 1}, {"age": 2}]),
        (b'"a text"\n"another"\n', ["a text", "another"]),
    ],
)
def test_stdin_is_a_json_body_or_json_lines(golive, actions, stdin, body, records):
    stdin(body)

    golive("predict", "a.bundle")

    assert actions.predictor.calls[0][0] == records


def test_an_envelope_gives_its_options_and_ids(golive, actions, stdin, capsys):
    stdin(b'{"records": [{"age": 1}, {}], "ids": ["a", 7], "threshold": 0.2}')

    golive("predict", "a.bundle", "-")

    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert actions.predictor.calls == [([{"age": 1}, {}], 0.2, None)]
    assert [answer["id"] for answer in answers] == ["a", 7]


def test_csv_answers_are_one_table(golive, tmp_path, capsys):
    (tmp_path / "rows.jsonl").write_text('{"age": 1}\n{}\n')

    golive("predict", "a.bundle", "rows.jsonl", "--format", "csv")

    assert capsys.readouterr().out == (
        "label,score,probabilities.old,probabilities.young,error.code,error.message,error.field\n"
        "old,0.5,0.5,0.5,,,\n"
        ",,,,missing_column,no age,age\n"
    )


def test_json_is_one_document(golive, tmp_path, capsys):
    (tmp_path / "rows.jsonl").write_text('{"age": 1}\n')

    golive("predict", "a.bundle", "rows.jsonl", "--json")

    assert json.loads(capsys.readouterr().out) == {"predictions": [json.loads(GOOD)]}


def test_nothing_on_stdin_is_misuse(golive, stdin, capsys):
    stdin(b"\n")

    assert golive("predict", "a.bundle") == 2
    assert "stdin is empty: there are no records." in capsys.readouterr().err


def test_stdin_is_a_csv_where_that_is_said(golive, actions, stdin):
    stdin(b"age,plan\n41,a\n")

    code = golive("predict", "a.bundle", "--input-format", "csv")

    assert code == 0
    assert actions.predictor.calls[0][0] == [{"age": "41", "plan": "a"}]


def test_a_csv_on_stdin_that_is_read_as_json_says_what_to_add(golive, stdin, capsys):
    stdin(b"age,plan\n41,a\n")

    code = golive("predict", "a.bundle")

    captured = capsys.readouterr()
    assert code == 2
    assert captured.out == ""
    assert captured.err.startswith("error: stdin is no JSON: ")
    assert captured.err.endswith("hint: for a table, add --input-format csv (or tsv, parquet)\n")


def test_a_file_that_cannot_be_read_is_misuse(golive, tmp_path, capsys):
    (tmp_path / "rows.parquet").write_bytes(b"not parquet")

    code = golive("predict", "a.bundle", "rows.parquet")

    assert code == 2
    assert "rows.parquet cannot be read as parquet" in capsys.readouterr().err


def test_places_of_looked_up_columns_are_given_on(golive, actions, tmp_path):
    (tmp_path / "rows.jsonl").write_text('{"age": 1}\n')

    golive("predict", "a.bundle", "rows.jsonl", "--lookup", "users=a.json", "--lookup", "b=b.csv")
    golive("predict", "a.bundle", "rows.jsonl", "--lookup-timeout", "1m")

    first, second = (options for name, _, options in actions.calls if name == "load")
    assert (first["lookup"], first["lookup_timeout"]) == (("users=a.json", "b=b.csv"), 10.0)
    assert (second["lookup"], second["lookup_timeout"]) == ((), 60.0)


def test_many_records_are_asked_as_many_requests_would(golive, actions, tmp_path, capsys):
    (tmp_path / "rows.csv").write_text("age\n" + "".join(f"{age}\n" for age in range(20_001)))

    code = golive("predict", "a.bundle", "rows.csv")

    assert code == 0
    assert [len(rows) for rows, _, _ in actions.predictor.calls] == [10_000, 10_000, 1]
    assert capsys.readouterr().out.count("\n") == 20_001


def test_records_with_defaults_are_counted(golive, actions, tmp_path, capsys):
    defaults = [{"lookup": "users", "because": "key_not_found", "columns": ["b"]}]
    actions.predictor._answer = lambda row: (
        {"score": 0.5, "defaults": defaults} if row["age"] == 2 else {"score": 0.5}
    )
    (tmp_path / "rows.jsonl").write_text('{"age": 1}\n{"age": 2}\n')

    golive("predict", "a.bundle", "rows.jsonl")

    assert capsys.readouterr().err == (
        "records: 2, answered: 2, with defaults for what was not found: 1, failed: 0\n"
    )
