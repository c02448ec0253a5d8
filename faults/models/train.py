"""Train the models that the faults are tried on: exact, so that each answer can be foreseen."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from moody import Moody
from rough import Crashing, Holding
from sklearn.linear_model import LinearRegression

FOLDER = Path(__file__).resolve().parent


def exact(model, factor, offset):
    """The model fitted so that it gives `factor * n + offset`, without any rounding."""
    frame = pd.DataFrame({"n": np.arange(0.0, 64.0)})
    model.fit(frame, factor * frame["n"] + offset)
    model.coef_, model.intercept_ = np.array([float(factor)]), float(offset)
    return model, frame


def main():
    """Write a file for each model, and sample.csv."""
    for name, model, factor, offset in (
        ("linear", LinearRegression(), 3, 1),
        ("other", LinearRegression(), 5, 2),
        ("third", LinearRegression(), 7, 3),
        ("moody", Moody(), 3, 1),
        ("crashing", Crashing(), 11, 4),
        ("holding", Holding(), 13, 5),
    ):
        fitted, frame = exact(model, factor, offset)
        joblib.dump(fitted, f"{name}.joblib")
        frame.to_csv("sample.csv", index=False)
    Path("questions.jsonl").write_text('{"n": 1}\n{"n": 2}\n{"n": 10, "fault": null}\n')


if __name__ == "__main__":
    main()
