import base64
import math
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import msgspec
import numpy as np
import pandas as pd
import pydantic
import pytest
from PIL import Image

from golive.errors import ModelOutputError, RecordError
from golive.runtimes.outputs import json_value, labels, numbers, probability_rows, values


def test_labels_have_the_type_of_the_classes():
    assert labels(np.array(["a", "b"]), 2, ("a", "b")) == ["a", "b"]
    assert [type(x) for x in labels(np.array([0.0, 1.0]), 2, (0, 1))] == [int, int]
    assert [type(x) for x in labels(np.array([True, False]), 2, (False, True))] == [bool, bool]
    assert [type(x) for x in labels(np.array([np.int64(1), "b"], dtype=object), 2, ())] == [
        int,
        str,
    ]


def test_labels_of_one_column_are_flat():
    assert labels(np.array([["a"], ["b"]]), 2, ("a", "b")) == ["a", "b"]


def test_labels_of_several_columns_are_refused():
    with pytest.raises(ModelOutputError, match=r"labels of shape \(1, 2\)"):
        labels(np.array([["a", "b"]]), 1, ("a", "b"))


@pytest.mark.parametrize(
    "raw", [np.array([1.0, 2.0]), np.array([[1], [2]]), pd.Series([1, 2]), [1, 2]]
)
def test_numbers_are_floats(raw):
    assert numbers(raw, 2) == [1.0, 2.0]
    assert {type(number) for number in numbers(raw, 2)} == {float}


def test_numbers_keep_what_is_not_finite():
    assert math.isnan(numbers(np.array([math.nan]), 1)[0])


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (np.zeros(3), "3 outputs for 2 records"),
        (np.zeros((2, 2)), r"shape \(2, 2\)"),
        (["a", "b"], "no number"),
        (1.5, "a float instead of"),
        ("ab", "a str instead of"),
    ],
)
def test_what_are_no_numbers_is_refused(raw, message):
    with pytest.raises(ModelOutputError, match=message):
        numbers(raw, 2)


@pytest.mark.parametrize("raw", [np.zeros((2, 2)), np.zeros((3, 3)), [[0.1, 0.2, 0.7]] * 2])
def test_probabilities_of_another_shape_are_refused(raw):
    with pytest.raises(ModelOutputError, match="3 classes need"):
        probability_rows(raw, 2, 3)


def test_values_are_rows():
    assert values(np.array([[1, 2], [3, 4]]), 2) == [[1, 2], [3, 4]]
    assert values(pd.DataFrame({"a": [1], "b": ["x"]}), 1) == [[1, "x"]]


class Struct(msgspec.Struct):
    a: int


@dataclass
class Data:
    a: Struct


class Pydantic(pydantic.BaseModel):
    when: date


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Data(a=Struct(a=1)), {"a": {"a": 1}}),
        ([Pydantic(when=date(2024, 1, 2))], [{"when": "2024-01-02"}]),
        ({1: (np.float32(0.5), np.int8(2), np.bool_(True))}, {"1": [0.5, 2, True]}),
        (np.array([[1, 2]]), [[1, 2]]),
        (pd.DataFrame({"a": [1]}), [{"a": 1}]),
        (
            [RecordError("bad_date", "no date", "budgets[0].start")],
            [{"error": {"code": "bad_date", "message": "no date", "field": "budgets[0].start"}}],
        ),
        ([RecordError("bad", "no")], [{"error": {"code": "bad", "message": "no"}}]),
    ],
)
def test_an_answer_becomes_json(value, expected):
    assert json_value(value) == expected


@pytest.mark.parametrize("value", [math.nan, [{"a": math.inf}], np.array([1e999])])
def test_what_is_not_finite_is_the_models_fault(value):
    with pytest.raises(ModelOutputError) as caught:
        json_value(value)

    assert caught.value.code == "non_finite_output"


@pytest.mark.parametrize("value", [object(), [len], "\ud800", {"\ud800": 1}])
def test_what_is_no_json_is_the_models_fault(value):
    with pytest.raises(ModelOutputError) as caught:
        json_value(value)

    assert caught.value.code == "model_output"


def test_images_and_bytes_are_base64_text():
    answer = json_value({"mask": Image.new("CMYK", (2, 1)), "data": b"\x00"})

    assert answer["data"] == "AA=="
    with Image.open(BytesIO(base64.b64decode(answer["mask"]))) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGB", (2, 1))
