import json
from dataclasses import replace
from pathlib import Path

from tests.cli.conftest import PROOF

from golive.compiling.refusal import NotProvenError


def test_an_export_prints_its_path_and_says_what_was_proven(golive, actions, capsys):
    code = golive("export", "onnx", "a.bundle", "-o", "a.onnx")

    assert code == 0
    assert actions.calls == [
        ("export_onnx", (Path("a.bundle"),), {"output": Path("a.onnx"), "data": None})
    ]
    printed = capsys.readouterr()
    assert printed.out == "a.onnx\n"
    assert "The program is equal on 4,100 rows." in printed.err


def test_an_export_tells_a_script_all_as_json(golive, actions, capsys):
    code = golive("export", "onnx", "a.bundle", "-o", "a.onnx", "--json")

    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told["path"] == "a.onnx"
    assert told["proof"]["reason"] == "The program is equal on 4,100 rows."


def test_a_graph_that_answers_otherwise_is_refused_with_its_row(golive, actions, capsys):
    actions.error = NotProvenError(
        "The graph answers otherwise.",
        proof=replace(PROOF, is_chosen=False),
        hint="golive serve a.bundle",
    )

    code = golive("export", "onnx", "a.bundle", "-o", "a.onnx")

    printed = capsys.readouterr()
    assert code == 1
    assert printed.out == ""
    assert 'row: {"age":39.5}' in printed.err
    assert "The graph answers otherwise." in printed.err


def test_an_export_needs_an_output(golive, actions, capsys):
    code = golive("export", "onnx", "a.bundle")

    assert code == 2
    assert actions.calls == []
