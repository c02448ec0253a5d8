"""Really trained models as ONNX files."""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import golive

CITIES = ("Bonn", "Köln", "Ulm")


def people(rows: int, seed: int) -> pd.DataFrame:
    """A table with numbers, texts and a target."""
    random = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "age": random.integers(18, 90, rows).astype("float32"),
            "income": random.normal(50, 12, rows).astype("float32"),
            "city": random.choice(CITIES, rows),
        }
    )
    score = table["age"] / 40 + table["income"] / 20 + (table["city"] == "Ulm") * 2
    noise = random.normal(0, 0.5, rows)
    return table.assign(won=np.where(score + noise > 4.2, "yes", "no"))


def export_pipeline(file: Path, table: pd.DataFrame, *, zipmap: bool = False) -> None:
    """A pipeline of scikit-learn with one input for each column."""
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    numbers = ["age", "income"]
    columns = make_column_transformer(
        (StandardScaler(), numbers), (OneHotEncoder(handle_unknown="ignore"), ["city"])
    )
    model = make_pipeline(columns, LogisticRegression()).fit(
        table.drop(columns="won"), table["won"]
    )
    inputs = [(name, FloatTensorType([None, 1])) for name in numbers]
    exported = to_onnx(
        model,
        initial_types=[*inputs, ("city", StringTensorType([None, 1]))],
        options={"zipmap": zipmap},
        target_opset=17,
    )
    file.write_bytes(exported.SerializeToString())


def pack_small(bundle: Path) -> None:
    """The bundle with which the extra is tested alone."""
    table = people(300, seed=1)
    file = bundle.with_name("people.onnx")
    export_pipeline(file, table)
    golive.pack(file, table, target="won", output=bundle)
