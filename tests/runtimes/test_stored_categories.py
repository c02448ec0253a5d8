"""Categories as XGBoost stores them."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import xgboost

from golive.runtimes.stored_categories import as_cut, is_stored_as, restored, stored_categories

CITIES = ["Genève", "Zürich", "北京", "Bern", "Žilina"]


def booster_of(column):
    frame = pd.DataFrame({"x": np.arange(100.0), "city": column})
    matrix = xgboost.DMatrix(frame, label=np.arange(100.0), enable_categorical=True)
    return xgboost.train({"nthread": 1}, matrix, 2)


def column_of(categories):
    return pd.Categorical([categories[at % len(categories)] for at in range(100)], categories)


@pytest.mark.parametrize("categories", [CITIES, ["Zürich", "Bern"], ["a", "é"], ["é", "ab", "c"]])
def test_texts_outside_ascii_are_stored_in_one_of_the_ways_that_are_known(categories):
    stored = stored_categories(booster_of(column_of(categories)))

    assert stored in ({1: as_cut(categories)}, {1: tuple(map(str.encode, categories))})
    assert is_stored_as(categories, stored[1])
    assert not is_stored_as(categories[::-1], stored[1])
    assert restored(stored[1], reversed(categories)) == tuple(categories)


@pytest.mark.parametrize("categories", [["Bern", "Lyon"], [3, 1, 2]])
def test_other_categories_are_stored_as_they_are(categories):
    stored = stored_categories(booster_of(column_of(categories)))

    assert stored == {1: tuple(categories)}
    assert is_stored_as(categories, stored[1])


def test_columns_of_arrow_tables_are_stored_as_they_are():
    codes = pa.array([at % 5 for at in range(100)], pa.int32())
    table = pa.table({"city": pa.DictionaryArray.from_arrays(codes, pa.array(CITIES))})
    matrix = xgboost.DMatrix(table, label=np.arange(100.0), enable_categorical=True)
    stored = stored_categories(xgboost.train({"nthread": 1}, matrix, 2))[0]

    assert stored == tuple(city.encode() for city in CITIES)
    assert is_stored_as(CITIES, stored)
    assert restored(stored, ["Bern"]) == tuple(CITIES)


def test_a_booster_without_categories_stores_none():
    matrix = xgboost.DMatrix(np.zeros((10, 1)), label=np.arange(10.0))

    assert stored_categories(xgboost.train({"nthread": 1}, matrix, 1)) == {}


def test_what_is_lost_is_taken_from_the_values():
    stored = as_cut(CITIES)

    assert restored(stored, ["Bern", "Žilina"]) == tuple(CITIES)
    assert restored(stored, ["Bern", "Žilina", "Žabljak"]) == tuple(CITIES)


@pytest.mark.parametrize("values", [["Bern"], ["Lyon"], [], ["Žilina", "Zagreb", "Bern"]], ids=str)
def test_values_that_do_not_tell_give_nothing(values):
    assert restored(as_cut(CITIES), values) is None


def test_the_values_decide_where_both_readings_make_sense():
    stored = as_cut(["éa", "b"])

    assert stored == ("é".encode(), b"a")
    assert restored(stored, ["éa", "b"]) == ("éa", "b")
    assert restored(stored, ["é", "a"]) == ("é", "a")
