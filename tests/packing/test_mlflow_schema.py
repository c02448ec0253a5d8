from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from tests.packing.mlflow_directories import column, tensor

from golive.errors import SignatureError, UsageError
from golive.packing.mlflow_schema import declared_signature, declared_table, parse_schema
from golive.signature.model import Column, Output, Signature


def schema(*entries):
    return parse_schema(json.dumps(entries))


def table_of(**columns):
    return pd.DataFrame(columns)


def test_columns_come_in_the_declared_order_and_the_target_stays():
    table = table_of(y=[1], b=[2.0], a=["x"], extra=[0])

    found, notes = declared_table(
        table, schema(column("a", "string"), column("b", "double")), target="y"
    )

    assert list(found.columns) == ["a", "b", "y"]
    assert notes == ["Not in the signature of MLmodel, left out: extra."]


@pytest.mark.parametrize(
    ("values", "declared", "dtype"),
    [
        ([1, 2], "double", "float64"),
        ([1, 2], "float", "float32"),
        ([1.0, 2.0], "long", "int64"),
        ([1, 2], "integer", "int32"),
        ([1.0, None], "long", "float64"),
        ([True, False], "boolean", "bool"),
        (["2024-01-01", "2024-02-03"], "datetime", "datetime64"),
    ],
)
def test_a_sample_that_leaves_it_open_takes_the_declared_type(values, declared, dtype):
    found, _ = declared_table(table_of(a=values), schema(column("a", declared)))

    assert str(found["a"].dtype).startswith(dtype)


@pytest.mark.parametrize(
    ("values", "declared", "message"),
    [
        ([1.0, 1.5], "long", r"'a' is long in the signature of MLmodel.*holds 1\.5 \(float64\)"),
        (["x"], "double", "'a' is double in the signature of MLmodel.*holds 'x'"),
        ([True], "long", r"'a' is long.*holds True \(bool\)"),
        ([3], "string", r"'a' is string.*holds 3 \(int64\)"),
        ([3], "boolean", r"'a' is boolean.*holds 3 \(int64\)"),
        (["soon"], "datetime", "'a' is datetime.*holds 'soon'"),
        ([3.5], "datetime", r"'a' is datetime.*holds 3\.5"),
        ([3.5], "array", r"'a' is array.*holds 3\.5"),
        ([3.5], "map", "is of the type map in MLmodel, which no column type stands for"),
    ],
)
def test_a_contradiction_names_the_column_and_both_types(values, declared, message):
    with pytest.raises(SignatureError, match=message):
        declared_table(table_of(a=values), schema(column("a", declared)))


def test_digits_of_a_file_are_read_again_as_the_declared_text():
    table = table_of(code=[1.0, np.nan])

    def text_frame(columns):
        return pd.DataFrame({"code": ["01", ""]})[list(columns)]

    found, _ = declared_table(table, schema(column("code", "string")), text_frame=text_frame)

    assert found["code"].tolist()[0] == "01"
    assert found["code"].isna().tolist() == [False, True]


def test_a_required_column_must_be_there_and_an_optional_one_may_be_absent():
    with pytest.raises(SignatureError, match="lacks 'b', which the signature in MLmodel requires"):
        declared_table(table_of(a=[1]), schema(column("b", "long")))

    found, _ = declared_table(
        table_of(a=[1]), schema(column("a", "long"), column("b", "double", required=False))
    )
    assert found["b"].isna().all()


def test_a_matrix_gets_the_declared_type_and_width():
    table = table_of(x0=[1, 2], x1=[3, 4], y=[0, 1])

    found, _ = declared_table(table, schema(tensor("float32", 2)), target="y")

    assert found.dtypes.astype(str).to_dict() == {"x0": "float32", "x1": "float32", "y": "int64"}
    with pytest.raises(SignatureError, match=r"declares 2 numbers a row.*has 3 columns"):
        declared_table(table, schema(tensor("float32", 2)))
    with pytest.raises(SignatureError, match="'x0' is float32"):
        declared_table(table_of(x0=["a"], x1=[1]), schema(tensor("float32", 2)))


def test_nothing_declared_changes_nothing():
    table = table_of(a=[1])

    assert parse_schema(None) is None
    assert declared_table(table, schema(tensor("float32", 28, 28)))[0] is table


def test_a_schema_that_is_none_is_refused():
    with pytest.raises(UsageError, match="signature in MLmodel cannot be read"):
        parse_schema('[{"name": "a"}]')


def signature_of(**column):
    return Signature(
        form="frame",
        columns=(Column(name="a", type="number", dtype="float64", **column),),
        output=Output(kind="regression"),
    )


def settled(declared, **given):
    [found] = declared_signature(signature_of(**given), schema(declared)).columns
    return found.on_null, found.on_missing


def test_nulls_and_missing_columns_are_as_declared():
    required, optional = column("a", "double"), column("a", "double", required=False)

    assert settled(required, on_null="pass") == ("error", "error")
    assert settled(required, on_null="pass", nullable=True) == ("pass", "error")
    assert settled(optional, on_null="pass") == ("pass", "null")
    assert settled(optional, on_null="error") == ("error", "error")
    assert settled(column("other", "double"), on_null="pass") == ("pass", "error")


def test_an_array_holds_no_nulls():
    assert settled(tensor("float32", 1), on_null="pass") == ("error", "error")
    assert settled(tensor("float32", 1), on_null="pass", nullable=True) == ("pass", "error")
