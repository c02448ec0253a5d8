"""Pack a small model with columns of several types: `python model.py OUTPUT`."""

import sys

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import golive

__all__ = ["main"]


def main(output: str) -> None:
    """Train and pack it."""
    frame = pd.DataFrame(
        {
            "age": [20, 30, 40, None] * 15,
            "hours": [10, 20, 30, 41, 52] * 12,
            "city": ["Oslo", "Rome", "Bonn"] * 20,
            "member": [True, False] * 30,
        }
    )
    target = pd.Series([0, 1, 1] * 20)
    model = make_pipeline(
        make_column_transformer(
            (SimpleImputer(), ["age", "hours"]),
            (OneHotEncoder(handle_unknown="ignore"), ["city"]),
            ("passthrough", ["member"]),
        ),
        LogisticRegression(max_iter=500),
    ).fit(frame, target)
    golive.pack(model, frame.assign(y=target), target="y", output=output)


if __name__ == "__main__":
    main(sys.argv[1])
