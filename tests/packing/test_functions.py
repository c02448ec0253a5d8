"""Function models: schemas instead of columns."""

from dataclasses import dataclass
from importlib.metadata import version

import pytest

import golive
from golive.errors import ModelLoadError, SignatureError
from golive.packing.inference import infer_signature


@dataclass
class Request:
    items: list[str]


def count(request: Request) -> int:
    return len(request.items)


def test_a_function_has_the_schemas_of_its_types():
    inference = infer_signature(
        count, "function", [{"items": []}], request_type=Request, answer_type=int
    )

    signature = inference.signature
    assert (signature.form, signature.columns, signature.output.kind) == ("object", (), "custom")
    assert signature.json_schema is not None
    assert signature.json_schema["type"] == "object"
    assert signature.output.json_schema is not None
    assert inference.frame == [{"items": []}]


def test_a_function_needs_requests():
    with pytest.raises(SignatureError, match="list of requests"):
        infer_signature(count, "function", [], request_type=Request)


def test_a_module_that_is_imported_only_when_the_function_is_called_is_packed(
    tmp_path, monkeypatch
):
    (tmp_path / "lazy_factor.py").write_text("FACTOR = 3\n")
    (tmp_path / "model.py").write_text(
        "def triple(request: dict) -> dict:\n"
        "    import lazy_factor\n\n"
        "    return {'value': request['value'] * lazy_factor.FACTOR}\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    bundle = golive.pack(
        f"{tmp_path / 'model.py'}:triple", [{"value": 2}], output=tmp_path / "m.bundle"
    )

    assert (bundle.path / "code" / "lazy_factor.py").is_file()
    assert golive.load(bundle.path).predict([{"value": 5}]) == [{"value": {"value": 15}}]


def test_what_a_function_raises_in_the_clean_process_only_is_named(tmp_path, monkeypatch):
    (tmp_path / "factor.txt").write_text("3")
    (tmp_path / "model.py").write_text(
        "from pathlib import Path\n\n"
        "def triple(request: dict) -> dict:\n"
        "    return {'value': request['value'] * int(Path('factor.txt').read_text())}\n"
    )
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ModelLoadError, match=r"fails on golden record 0: FileNotFoundError"):
        golive.pack(f"{tmp_path / 'model.py'}:triple", [{"value": 2}], output=tmp_path / "m.bundle")


def test_a_package_that_golive_uses_too_is_required_where_the_function_imports_it(tmp_path):
    (tmp_path / "model.py").write_text(
        "import msgspec\n\n"
        "class Request(msgspec.Struct):\n"
        "    value: int\n\n"
        "def same(request: Request) -> int:\n"
        "    return request.value\n"
    )

    bundle = golive.pack(
        f"{tmp_path / 'model.py'}:same", [{"value": 2}], output=tmp_path / "m.bundle"
    )

    assert bundle.requirements == (f"msgspec=={version('msgspec')}",)
