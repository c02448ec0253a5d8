from __future__ import annotations

import numpy as np
import pytest
import xgboost
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    GradientBoostingRegressor,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeRegressor
from tests.compiling.agreement import assert_agree, compiled
from tests.compiling.pipelines_trees import matrix, numbers, two

from golive.compiling.exporting import NotExportableError


def small_xgboost():
    return xgboost.XGBClassifier(n_estimators=3, max_depth=2, n_jobs=1)


@pytest.mark.parametrize(
    ("model", "truths", "reason"),
    [
        (DummyClassifier(strategy="stratified"), two, "DummyClassifier with the strategy"),
        (VotingClassifier([("a", small_xgboost())], voting="soft"), two, "mean is one of 32 bits"),
        (StackingClassifier([("a", small_xgboost())], cv=2), two, "answers of 32 bits alone"),
        (
            GradientBoostingRegressor(init=DecisionTreeRegressor(), n_estimators=2),
            numbers,
            "an estimator as init",
        ),
        (
            TransformedTargetRegressor(
                DecisionTreeRegressor(), func=np.arcsinh, inverse_func=np.sinh
            ),
            numbers,
            "a function of its own",
        ),
        (
            RandomForestClassifier(n_estimators=2),
            lambda: np.column_stack([two(), two()]),
            "several outputs",
        ),
    ],
)
def test_what_is_not_reproduced_is_not_exported(model, truths, reason):
    model.fit(matrix(), truths())

    with pytest.raises(NotExportableError, match=reason):
        compiled(model, matrix())


def test_members_that_were_dropped_have_no_vote():
    forest = RandomForestClassifier(n_estimators=3, max_depth=3, random_state=0)
    members = [("line", LogisticRegression(max_iter=500)), ("none", "drop"), ("trees", forest)]
    model = VotingClassifier(members, voting="soft", weights=[1, 5, 2])
    model.fit(matrix()[20:], two()[20:])

    assert_agree(model, compiled(model, matrix()), matrix()[20:60])


def test_what_is_too_large_for_a_float_is_infinite():
    model = TransformedTargetRegressor(
        DecisionTreeRegressor(max_depth=2), func=np.log, inverse_func=np.exp
    )
    model.fit(matrix(), numbers())
    model.regressor_.tree_.value[:] = 1e6
    program = compiled(model, matrix())

    assert program.values([matrix()[30].tolist()]) == [np.inf]
