import math
import textwrap

import msgspec
import pydantic
import pytest

from golive.errors import ModelLoadError, ModelOutputError, RecordError
from golive.runtimes.codespace import CodeSpace
from golive.runtimes.function import FunctionModel, function_types, load_function
from golive.runtimes.protocols import Batch


@pytest.fixture
def load(tmp_path):
    def loaded(text, name="match"):
        path = tmp_path / "code/match.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return load_function(path, name, CodeSpace(path.parent))

    return loaded


def answers(function, *requests):
    return FunctionModel(function).predict(Batch((list(requests),), len(requests))).values


REQUESTS = {
    "dataclass": "from dataclasses import dataclass\n@dataclass\nclass Request:\n    a: list[int]",
    "struct": "import msgspec\nclass Request(msgspec.Struct):\n    a: list[int]",
    "typed_dict": "from typing import TypedDict\nclass Request(TypedDict):\n    a: list[int]",
    "pydantic": "import pydantic\nclass Request(pydantic.BaseModel):\n    a: list[int]",
}


@pytest.mark.parametrize("kind", list(REQUESTS))
def test_every_kind_of_request_is_found_and_answered(load, kind):
    head = f"from __future__ import annotations\n{REQUESTS[kind]}\n"
    take = 'request["a"]' if kind == "typed_dict" else "request.a"
    function = load(f"{head}def match(request: Request) -> list[Request]:\n    return [{take}]\n")

    types = function_types(function)

    assert types.request.__name__ == "Request"
    assert types.answer == list[types.request]
    if kind == "pydantic":
        assert issubclass(types.request, pydantic.BaseModel)
        request = types.request.model_validate({"a": [1, 2]})
    else:
        request = msgspec.convert({"a": [1, 2]}, types.request)
    assert answers(function, request) == [[[1, 2]]]


def test_a_function_without_annotations_takes_anything(load):
    function = load("def match(request):\n    return request")

    types = function_types(function)

    assert (types.request, types.answer) == (None, None)
    assert answers(function, {"a": 1}, 2) == [{"a": 1}, 2]


def test_a_callable_object_is_a_function(load):
    function = load(
        """
        class Matcher:
            def __call__(self, request: dict) -> list[int]:
                return [len(request)]
        match = Matcher()
        """
    )

    assert function_types(function).request is dict
    assert answers(function, {"a": 1}) == [[1]]


def test_record_errors_stand_in_their_records_place():
    def match(request):
        if request == "raise":
            raise RecordError("bad_date", "is no date", "start")
        if request == "return":
            return RecordError("bad_id", "is no id")
        return [request, RecordError("bad_pair", "no pair", "pairs[1]")]

    found = answers(match, "a", "raise", "return")

    error = {"code": "bad_pair", "message": "no pair", "field": "pairs[1]"}
    assert found[0] == ["a", {"error": error}]
    assert (found[1].code, found[1].field) == ("bad_date", "start")
    assert (found[2].code, found[2].message) == ("bad_id", "is no id")


def test_other_exceptions_are_passed_on():
    with pytest.raises(ZeroDivisionError):
        answers(lambda request: 1 / request, 1, 0)


def test_an_answer_that_is_not_finite_is_the_models_fault():
    with pytest.raises(ModelOutputError) as caught:
        answers(lambda request: [{"score": math.nan}], 1)

    assert caught.value.code == "non_finite_output"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("async def match(request): ...", "async function"),
        ("async def match(request):\n    yield 1", "async function"),
        ("def match(request):\n    yield 1", "generator function"),
        ("def match(): ...", "cannot be called with one request"),
        ("def match(one, two): ...", "cannot be called with one request"),
        ("match = 5", "match is a int, not a function"),
        ("def other(request): ...", "no function 'match'"),
        ("import not_there_at_all", "No module named 'not_there_at_all'"),
        ("def match(:", "SyntaxError"),
        ("raise SystemExit(3)", "SystemExit: 3"),
    ],
)
def test_what_cannot_be_served_is_refused(load, text, message):
    with pytest.raises(ModelLoadError, match=message):
        load(text)


def test_a_missing_function_is_answered_with_those_that_are_there(load):
    with pytest.raises(ModelLoadError) as caught:
        load("def other(request): ...\ndef _own(request): ...")

    assert caught.value.hint == "It has: other."


def test_a_missing_module_is_answered_with_the_mend(load):
    with pytest.raises(ModelLoadError) as caught:
        load("from features import ratio")

    assert "--code features.py" in caught.value.hint


def test_an_annotation_that_is_nowhere_is_refused(load):
    function = load("from __future__ import annotations\ndef match(request: Nowhere): ...")

    with pytest.raises(ModelLoadError, match="'Nowhere' is not defined"):
        function_types(function)


def test_two_functions_with_modules_of_the_same_name_do_not_collide(tmp_path):
    found = []
    for weight in (1, 2):
        code = tmp_path / str(weight) / "code"
        code.mkdir(parents=True)
        (code / "weights.py").write_text(f"WEIGHT = {weight}")
        (code / "match.py").write_text(
            "def match(request):\n    import weights\n    return weights.WEIGHT"
        )
        found.append(load_function(code / "match.py", "match", CodeSpace(code)))

    assert [answers(function, 0) for function in found] == [[1], [2]]
    assert list(tmp_path.rglob("__pycache__")) == []
