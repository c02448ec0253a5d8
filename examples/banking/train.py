"""Train a classifier that tells what a bank's customer is asking about."""

from pathlib import Path

import joblib
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.pipeline import Pipeline

HERE = Path(__file__).parent
TARGET = "category"


def build() -> Pipeline:
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    return Pipeline([("words", words), ("classifier", LogisticRegression(C=20, max_iter=300))])


def main() -> None:
    train = pd.read_csv(HERE / "train.csv")
    held_out = pd.read_csv(HERE / "held_out.csv")
    model = build().fit(train["text"], train[TARGET])
    predicted = model.predict(held_out["text"])
    print(f"held-out accuracy: {accuracy_score(held_out[TARGET], predicted):.3f}")
    print(f"held-out macro F1: {f1_score(held_out[TARGET], predicted, average='macro'):.3f}")
    joblib.dump(model, HERE / "model.joblib")


if __name__ == "__main__":
    main()
