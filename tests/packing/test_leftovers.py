from __future__ import annotations

import inspect

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import StackingClassifier
from sklearn.linear_model import LassoCV, LogisticRegression, LogisticRegressionCV
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.utils import all_estimators

from golive.packing.leftovers import LEFTOVERS, leftovers_named, leftovers_of, strip

INPUTS = np.random.default_rng(0).normal(size=(60, 4))
TRUTHS = (INPUTS[:, 0] > 0).astype(int)


def cross_validated():
    return LogisticRegressionCV(
        Cs=3, cv=3, l1_ratios=(0.0,), scoring="accuracy", use_legacy_attributes=True
    )


def found_in(estimator):
    return {(leftover.class_name, leftover.attribute) for leftover in leftovers_of(estimator)}


def test_estimators_are_found_wherever_scikit_learn_keeps_them():
    union = FeatureUnion([("all", FunctionTransformer()), ("scaled", StandardScaler())])
    columns = ColumnTransformer([("some", make_pipeline(union), [0, 1])], remainder="passthrough")
    stack = StackingClassifier(
        [("paths", cross_validated()), ("plain", LogisticRegression())], cv=3
    )
    pipeline = make_pipeline(columns, stack)
    search = GridSearchCV(pipeline, {"stackingclassifier__passthrough": [True, False]}, cv=3)
    search.fit(INPUTS, TRUTHS)

    assert found_in(search) == {
        ("GridSearchCV", "cv_results_"),
        ("LogisticRegressionCV", "coefs_paths_"),
        ("LogisticRegressionCV", "scores_"),
    }


def test_stripping_leaves_nothing_to_find():
    model = make_pipeline(StandardScaler(), cross_validated()).fit(INPUTS, TRUTHS)

    strip(model)

    assert leftovers_of(model) == []
    assert model.predict(INPUTS).shape == (60,)


def test_an_estimator_that_holds_itself_is_walked_once():
    model = LassoCV(cv=3, alphas=5).fit(INPUTS, TRUTHS)
    model.itself_ = [model]

    assert found_in(model) == {("LassoCV", "mse_path_")}


def test_classes_of_others_are_left_alone_whatever_their_name():
    assert leftovers_named("mine.models", "LassoCV") == ()
    assert leftovers_named("sklearn.linear_model._coordinate_descent", "LassoCV") == ("mse_path_",)


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_every_class_of_the_table_is_one_of_scikit_learn():
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401

    classes = dict(all_estimators())

    assert set(LEFTOVERS) - set(classes) == set()


@pytest.mark.parametrize("name", sorted(LEFTOVERS))
def test_no_method_that_answers_reads_an_attribute_of_the_table(name):
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401

    owner = dict(all_estimators())[name]
    methods = ("predict", "predict_proba", "transform", "decision_function", "_predict")
    sources = [inspect.getsource(getattr(owner, m)) for m in methods if hasattr(owner, m)]

    for attribute in LEFTOVERS[name]:
        assert all(f"self.{attribute}" not in source for source in sources)
