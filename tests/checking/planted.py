"""Models with one fault each, around a really fitted pipeline."""

import random
import time

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, is_regressor
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

COLUMNS = ["age", "income", "city", "note"]


def sample(size=80):
    """A table with a number, an integer, a category and a text, and a target of each kind."""
    numbers = np.random.default_rng(3)
    age = numbers.integers(18, 90, size)
    frame = pd.DataFrame(
        {
            "age": age,
            "income": numbers.normal(50, 10, size),
            "city": pd.Series(numbers.choice(["Ulm", "Bonn", "Köln"], size), dtype=object),
            "note": pd.Series([f"note {i}" for i in range(size)], dtype=object),
        }
    )
    return frame, np.where(age + numbers.normal(0, 15, size) > 50, "yes", "no"), age * 1.5


def columns():
    """Takes nulls and unseen categories; it does not look at the note."""
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    cities = OneHotEncoder(handle_unknown="ignore")
    return ColumnTransformer(
        [("numbers", numbers, ["age", "income"]), ("cities", cities, ["city"])]
    )


class QuickColumns(BaseEstimator):
    """As `columns`, in a tenth of the time: a check asks a model hundreds of times."""

    def fit(self, frame, truths=None):
        numbers = self._numbers(frame)
        self.means_, self.scales_ = np.nanmean(numbers, axis=0), np.nanstd(numbers, axis=0)
        self.cities_ = sorted(set(frame["city"]))
        return self

    def transform(self, frame):
        numbers = self._numbers(frame)
        if np.isinf(numbers).any():
            raise ValueError("Input X contains infinity.")
        numbers = np.where(np.isnan(numbers), 0.0, (numbers - self.means_) / self.scales_)
        cities = np.array([[city == known for known in self.cities_] for city in frame["city"]])
        return np.hstack([numbers, cities.reshape(len(frame), -1)])

    def _numbers(self, frame):
        return np.stack([frame[name].to_numpy(dtype=float) for name in ("age", "income")], axis=1)


def fitted(last, make=QuickColumns):
    """A pipeline with this last step."""
    frame, labels, amounts = sample()
    return make_pipeline(make(), last).fit(frame, amounts if is_regressor(last) else labels)


class Classifier:
    """A fitted classifier that does as it should."""

    def __init__(self, make=QuickColumns):
        self.inner = fitted(LogisticRegression(), make)
        self.classes_ = self.inner.classes_

    def predict_proba(self, frame):
        return self.inner.predict_proba(frame)

    def predict(self, frame):
        return self.classes_[self.predict_proba(frame).argmax(axis=1)]


class Regressor:
    """A fitted regressor that does as it should."""

    def __init__(self, make=QuickColumns):
        self.inner = fitted(Ridge(), make)

    def predict(self, frame):
        return self.inner.predict(frame)


class Refusing(Classifier):
    """Raises where a value of a column is refused."""

    def __init__(self, column, refuses):
        super().__init__()
        self.column, self.refuses = column, refuses

    def predict_proba(self, frame):
        for value in frame[self.column]:
            if self.refuses(value):
                raise KeyError(value)
        return super().predict_proba(frame)


class Exponential(Regressor):
    """Overflows for what is far outside its sample."""

    def predict(self, frame):
        with np.errstate(over="ignore"):
            return np.exp(super().predict(frame))


class Rooting(Regressor):
    """NaN for what is negative."""

    def predict(self, frame):
        with np.errstate(invalid="ignore"):
            return np.sqrt(frame["income"].fillna(0).to_numpy()) + super().predict(frame)


class BatchNormalising(Regressor):
    """Subtracts the mean of the rows that came along."""

    def predict(self, frame):
        found = super().predict(frame)
        return found - found.mean()


class Rounding(Regressor):
    """The last digits of 32 bits depend on how many rows there are."""

    def predict(self, frame):
        return super().predict(frame) * (1 + 1e-7 * (len(frame) > 1))


class Sorting(Regressor):
    """Gives the answers in another order than the rows."""

    def predict(self, frame):
        return np.sort(super().predict(frame))


class Remembering(Regressor):
    """Answers otherwise once it has seen a negative age."""

    has_seen = False

    def predict(self, frame):
        self.has_seen = self.has_seen or bool((frame["age"] < 0).any())
        return super().predict(frame) + self.has_seen


class Dicing(Classifier):
    """Draws a random number for every answer."""

    def predict_proba(self, frame):
        drawn = random.random()
        return np.array([[drawn, 1 - drawn]] * len(frame))


class Sharing(Regressor):
    """Keeps its input where another thread finds it."""

    def predict(self, frame):
        self.frame = frame
        time.sleep(0.002)
        return super().predict(self.frame)


class Overconfident(Classifier):
    """Probabilities that sum to more than 1."""

    def predict_proba(self, frame):
        return super().predict_proba(frame) * 1.2


class Negative(Classifier):
    """Probabilities outside 0 to 1."""

    def predict_proba(self, frame):
        found = super().predict_proba(frame) * 0 + 1.5
        found[:, 0] = -0.5
        return found


class Mislabelling(Classifier):
    """A label that is none of its classes."""

    predict_proba = None

    def predict(self, frame):
        return np.array(["perhaps"] * len(frame), dtype=object)


class Undefined(Regressor):
    """NaN for every city that begins with U."""

    def predict(self, frame):
        found = super().predict(frame)
        found[[str(city).startswith("U") for city in frame["city"]]] = np.nan
        return found


class Filling(Regressor):
    """Fills the nulls of the very input that it is given."""

    def predict(self, frame):
        frame["income"] = frame["income"].fillna(0.0)
        return super().predict(frame)


class Talking(Regressor):
    """Prints and warns."""

    def predict(self, frame):
        import warnings

        print("predicting", len(frame))
        warnings.warn("this is deprecated", FutureWarning, stacklevel=1)
        return super().predict(frame)


class Exiting(Regressor):
    """Takes its whole process down for a negative age."""

    def predict(self, frame):
        import os

        if (frame["age"] < 0).any():
            os._exit(7)
        return super().predict(frame)


class Evil:
    """Runs a command when it is unpickled."""

    def __reduce__(self):
        import os

        return os.system, ("echo this must never be printed",)
