from __future__ import annotations

import json
from array import array
from pathlib import Path

import pytest

from golive.scorer.format import ProgramError
from golive.scorer.loading import load_program
from golive.scorer.writing import ProgramWriter


def write_line(directory: Path) -> dict:
    """Write the program of 2x + 1; give its steps."""
    writer = ProgramWriter()
    arrays = {
        "weights": writer.add(array("d", [2.0]).tobytes(), "d"),
        "intercepts": writer.add(array("d", [1.0]).tobytes(), "d"),
    }
    read = {"op": "inputs.numbers", "gives": "dense", "width": 1}
    line = {"op": "linear.regressor", "gives": "estimator", "width": 1, "arrays": arrays}
    root = {"op": "composing.pipeline", "gives": "estimator", "width": 1, "children": [read, line]}
    writer.write(directory, root, classes=None)
    return json.loads((directory / "program.json").read_text())


def test_a_program_answers_records(tmp_path):
    write_line(tmp_path)

    program = load_program(tmp_path)

    assert program.values([[3], [-0.5]]) == [7.0, 0.0]


def test_a_program_of_a_newer_format_is_refused(tmp_path):
    data = write_line(tmp_path)
    data["format_version"] = 2
    (tmp_path / "program.json").write_text(json.dumps(data))

    with pytest.raises(ProgramError, match="format 2; this golive reads format 1"):
        load_program(tmp_path)


@pytest.mark.parametrize("op", ["linear.unheard_of", "os.system", "..linear", "", "linear"])
def test_a_step_that_is_not_known_is_refused(tmp_path, op):
    data = write_line(tmp_path)
    data["root"]["children"][1]["op"] = op
    (tmp_path / "program.json").write_text(json.dumps(data))

    with pytest.raises(ProgramError, match="which this golive does not know"):
        load_program(tmp_path)


def test_an_array_outside_the_file_is_refused(tmp_path):
    data = write_line(tmp_path)
    data["arrays"]["a0"] = [1_000_000, 1, "d"]
    (tmp_path / "program.json").write_text(json.dumps(data))

    with pytest.raises(ProgramError, match="outside the file"):
        load_program(tmp_path)


def test_a_file_that_is_cut_off_is_refused(tmp_path):
    write_line(tmp_path)
    (tmp_path / "program.json").write_text("{")

    with pytest.raises(ProgramError, match="no program"):
        load_program(tmp_path)
