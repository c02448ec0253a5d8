"""Train a classifier that tells whether a person earns more than 50,000 dollars a year."""

from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = Path(__file__).parent
TARGET = "income"
NUMBERS = ["age", "education_num", "capital_gain", "capital_loss", "hours_per_week"]
CATEGORIES = [
    "workclass",
    "education",
    "marital_status",
    "occupation",
    "relationship",
    "race",
    "sex",
    "native_country",
]


def build() -> Pipeline:
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    categories = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="unknown"),
        OneHotEncoder(handle_unknown="ignore"),
    )
    columns = ColumnTransformer(
        [("numbers", numbers, NUMBERS), ("categories", categories, CATEGORIES)]
    )
    return Pipeline([("columns", columns), ("classifier", LogisticRegression(max_iter=1000))])


def main() -> None:
    train = pd.read_csv(HERE / "train.csv")
    held_out = pd.read_csv(HERE / "held_out.csv")
    model = build().fit(train.drop(columns=TARGET), train[TARGET])
    rows, truth = held_out.drop(columns=TARGET), held_out[TARGET]
    score = model.predict_proba(rows)[:, list(model.classes_).index(">50K")]
    print(f"held-out accuracy: {accuracy_score(truth, model.predict(rows)):.3f}")
    print(f"held-out ROC AUC: {roc_auc_score(truth == '>50K', score):.3f}")
    joblib.dump(model, HERE / "model.joblib")


if __name__ == "__main__":
    main()
