"""Small bundles of models of tables, for the extras that need no framework of tensors."""

from pathlib import Path

import numpy as np
import pandas as pd

import golive

RANDOM = np.random.default_rng(3)
INPUTS = pd.DataFrame(RANDOM.normal(size=(200, 3)), columns=["a", "b", "c"])
TRUTH = (INPUTS["a"] + INPUTS["b"] > 0).astype(int)
TABLE = INPUTS.assign(y=TRUTH)


def pack_xgboost(bundle: Path) -> None:
    import xgboost

    model = xgboost.XGBClassifier(n_estimators=5).fit(INPUTS, TRUTH)
    golive.pack(model.get_booster(), TABLE, target="y", output=bundle)


def pack_lightgbm(bundle: Path) -> None:
    import lightgbm

    data = lightgbm.Dataset(INPUTS, TRUTH)
    model = lightgbm.train({"objective": "binary", "verbose": -1}, data, 5)
    golive.pack(model, TABLE, target="y", output=bundle)


def pack_skops(bundle: Path) -> None:
    import skops.io
    from sklearn.linear_model import LogisticRegression

    file = bundle.with_name("model.skops")
    skops.io.dump(LogisticRegression().fit(INPUTS, TRUTH), file)
    golive.pack(file, TABLE, target="y", output=bundle)


def pack_plain(bundle: Path) -> None:
    from sklearn.linear_model import LogisticRegression

    golive.pack(LogisticRegression().fit(INPUTS, TRUTH), TABLE, target="y", output=bundle)


FUNCTION = """
from pydantic import BaseModel, Field


class Request(BaseModel):
    a: float
    tags: list[str] = Field(max_length=3)


class Reply(BaseModel):
    total: float


def total(request: Request) -> Reply:
    return Reply(total=request.a + len(request.tags))
"""


def pack_pydantic(bundle: Path) -> None:
    file = bundle.with_name("totals.py")
    file.write_text(FUNCTION)
    requests = [{"a": 1.5, "tags": []}, {"a": 2.0, "tags": ["x", "y"]}]
    golive.pack(f"{file}:total", requests, output=bundle)
