from __future__ import annotations

import pytest
from msgspec.structs import replace

from golive.bundle.manifest import ModelSpec
from golive.errors import ModelLoadError
from golive.packing.clean_process import MissingModuleError, run_clean
from golive.signature.model import Output, Signature

SIGNATURE = Signature(form="object", columns=(), output=Output(kind="custom"))
SPEC = ModelSpec(kind="function", loader="python", file="code/m.py", function="answer")


def staged(folder, source):
    (folder / "code").mkdir()
    (folder / "code" / "m.py").write_text(source)
    return folder


def test_the_model_runs_elsewhere_without_the_packers_paths(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    source = """
import os
import sys


def answer(request: dict) -> dict:
    return {"folder": os.getcwd(), "files": os.listdir(), "path": sys.path, "asked": request}
"""

    run = run_clean(staged(tmp_path, source), SPEC, SIGNATURE, [{"x": 1}])

    [value] = [output["value"] for output in run.outputs]
    assert value["asked"] == {"x": 1}
    assert value["folder"] != str(tmp_path / "here")
    assert value["files"] == []
    assert str(tmp_path / "here") not in value["path"]
    assert "" not in value["path"]


def test_requirements_are_what_was_imported_there(tmp_path):
    source = """
import tomlkit


def answer(request: dict) -> str:
    return tomlkit.dumps(request)
"""

    run = run_clean(staged(tmp_path, source), SPEC, SIGNATURE, [{"x": 1}])

    assert [r.partition("==")[0] for r in run.requirements] == ["tomlkit"]
    assert run.outputs == ({"value": "x = 1\n"},)


def test_a_module_that_is_not_installed_is_named(tmp_path):
    source = "import no_such_module_anywhere\n\n\ndef answer(request: dict) -> int:\n    return 1\n"

    with pytest.raises(MissingModuleError) as caught:
        run_clean(staged(tmp_path, source), SPEC, SIGNATURE, [{}])

    assert caught.value.module == "no_such_module_anywhere"
    assert "--code" in caught.value.hint


def test_a_process_that_dies_is_reported_with_what_it_said(tmp_path):
    source = """
import os
import sys

print("goodbye", file=sys.stderr, flush=True)
os._exit(7)
"""

    with pytest.raises(ModelLoadError, match=r"ended with code 7: goodbye"):
        run_clean(staged(tmp_path, source), SPEC, SIGNATURE, [{}])


def test_a_model_that_never_answers_is_given_up(tmp_path):
    source = "import time\n\n\ndef answer(request: dict) -> None:\n    time.sleep(60)\n"

    with pytest.raises(ModelLoadError, match="did not load and answer"):
        run_clean(staged(tmp_path, source), SPEC, SIGNATURE, [{}], seconds=3)


def test_a_row_that_the_model_fails_on_has_its_cause(tmp_path):
    source = """
def answer(request: dict) -> int:
    return 1 // request["x"]
"""

    run = run_clean(staged(tmp_path, source), SPEC, SIGNATURE, [{"x": 1}, {"x": 0}])

    assert run.outputs[0] == {"value": 1}
    assert run.outputs[1]["error"]["code"] == "model_failed"
    assert list(run.causes) == [1]


def test_an_edited_signature_is_asked_of_the_model_loaded_again_in_the_same_process(tmp_path):
    source = """
import os

asked = []


def answer(request: dict) -> list:
    asked.append(request)
    return [os.getpid(), len(asked)]
"""
    edited = replace(SIGNATURE, output=replace(SIGNATURE.output, name="told"))
    rows = [{"x": 1}, {"x": 2}]

    run = run_clean(staged(tmp_path, source), SPEC, SIGNATURE, rows, edited=edited)

    values = [output["value"] for output in (*run.outputs, *run.edited)]
    assert len({process for process, _ in values}) == 1
    assert [number for _, number in values] == [1, 2, 1, 2]
