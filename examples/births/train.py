"""Train a model that predicts a newborn's weight in pounds."""

from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.pipeline import Pipeline

HERE = Path(__file__).parent
TARGET = "weight_pounds"
NUMBERS = [
    "month",
    "plurality",
    "mother_age",
    "gestation_weeks",
    "weight_gain_pounds",
    "ever_born",
    "father_age",
]
FLAGS = ["is_male", "mother_married"]


def build() -> Pipeline:
    columns = ColumnTransformer(
        [
            ("numbers", SimpleImputer(strategy="median", add_indicator=True), NUMBERS),
            ("flags", "passthrough", FLAGS),
        ]
    )
    trees = HistGradientBoostingRegressor(
        max_iter=120, learning_rate=0.06, max_leaf_nodes=12, random_state=0
    )
    return Pipeline([("columns", columns), ("trees", trees)])


def main() -> None:
    train = pd.read_csv(HERE / "train.csv")
    held_out = pd.read_csv(HERE / "held_out.csv")
    model = build().fit(train.drop(columns=TARGET), train[TARGET])
    predicted = model.predict(held_out.drop(columns=TARGET))
    print(f"held-out R2: {r2_score(held_out[TARGET], predicted):.3f}")
    print(f"held-out mean error: {mean_absolute_error(held_out[TARGET], predicted):.3f} pounds")
    joblib.dump(model, HERE / "model.joblib")


if __name__ == "__main__":
    main()
