"""Tables of people and matrices of numbers, with all that may stand in a record."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

NUMBERS = ["age", "income", "score", "member", "code"]
CATEGORIES = ["city", "grade", "tag"]


def people(count: int = 300, *, seed: int = 0, with_nulls: bool = False) -> pd.DataFrame:
    """A frame with a column of each dtype that tables of CSV files have."""
    generator = np.random.default_rng(seed)
    tags = generator.choice(["x", "y", "z"], count)
    cities = ["Paris", "Rome", "Oslo", "München", "東京", ""]
    frame = pd.DataFrame(
        {
            "age": generator.integers(18, 90, count),
            "income": generator.lognormal(10, 1, count),
            "score": generator.normal(size=count),
            "city": generator.choice(cities, count, p=[0.4, 0.3, 0.1, 0.1, 0.05, 0.05]),
            "grade": pd.Categorical(
                generator.choice(["a", "b", "c"], count), categories=["a", "b", "c", "d"]
            ),
            "member": generator.random(count) < 0.5,
            "code": generator.choice([1, 2, 3, 5, 8], count),
            "tag": pd.Series(tags, dtype=object),
        }
    )
    for name in ("income", "city", "tag", "grade") if with_nulls else ():
        frame.loc[generator.random(count) < 0.15, name] = None
    return frame


def is_well_off(frame: pd.DataFrame) -> np.ndarray:
    """A truth that depends on most columns."""
    noise = np.random.default_rng(1).normal(size=len(frame))
    at_home = frame["city"].eq("Paris").fillna(value=False).astype(int)
    total = frame["age"] + 20 * frame["member"] + 20 * at_home + 5 * noise
    return (total > 65).to_numpy().astype(int)


def hostile_people() -> list[list]:
    """Records with nulls, unseen categories, infinities and texts that no one expects."""
    plain = [44, 21_000.5, 0.25, "Paris", "a", True, 3, "x"]
    places = {
        0: [None, 0, -(2**53) - 1, 2**63 - 1],
        1: [None, float("inf"), float("-inf"), 1e308, 5e-324, -0.0, float("nan"), 7],
        2: [None, 1e300, -1e300],
        3: [None, "", "Oslo", "osLo", "e\u0301", "\0", "\u202eRome", "x" * 100_000],
        4: [None, "d", "e", "A"],
        5: [None, False],
        6: [None, 4, 8, -1],
        7: [None, "unseen", "z "],
    }
    changed = [[*plain[:at], value, *plain[at + 1 :]] for at in places for value in places[at]]
    return [plain, [None] * len(plain), *changed]


def matrix(count: int = 300, *, seed: int = 0) -> np.ndarray:
    """Numbers of several magnitudes."""
    rows = np.random.default_rng(seed).normal(size=(count, 6))
    return rows * [1, 10, 100, 1, 0.1, 5] + [0, 5, 0, 2, 0, -3]


def with_missing(rows: np.ndarray) -> np.ndarray:
    """The same with one value in ten missing."""
    found = rows.copy()
    found[np.random.default_rng(3).random(rows.shape) < 0.1] = np.nan
    return found


def hostile_matrix(rows: np.ndarray) -> np.ndarray:
    """Rows among which are NaN, infinities, zeros, the largest and the smallest of numbers."""
    found = rows[:60].copy()
    values = [np.nan, np.inf, -np.inf, 1e308, -1e308, 5e-324, -0.0, 0.0, 1e200, -1e200, 1e-300]
    for at, value in enumerate(values):
        found[at, at % rows.shape[1]] = value
        found[at + len(values)] = value
    return found


def two_classes(rows: np.ndarray) -> np.ndarray:
    """Truths of two classes."""
    return (_total(rows) > 0.5).astype(int)


def three_classes(rows: np.ndarray) -> np.ndarray:
    """Truths of three classes."""
    return np.digitize(_total(rows), [0.0, 0.9])


def amounts(rows: np.ndarray) -> np.ndarray:
    """Truths that are positive numbers."""
    return np.exp(_total(rows) / 4)


def _total(rows: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(2).normal(size=len(rows))
    return np.nan_to_num(rows[:, 0]) + np.nan_to_num(rows[:, 1]) / 10 + 0.3 * noise


def fitted(model: Any, data: Any, truths: Any) -> Any:
    """The model, fitted; that it has not converged, or drops a column, matters to nobody here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(data, truths)
