"""Small Keras models, really trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import golive

keras = pytest.importorskip("keras")

RANDOM = np.random.default_rng(11)
ROWS = 700
HELD_OUT = 210
NAMES = ["a", "b", "c", "d", "e"]


def make_table():
    """Five numbers and whether a sum of three of them is positive."""
    table = pd.DataFrame(RANDOM.normal(size=(ROWS, 5)), columns=NAMES)
    return table.assign(y=(table.a + table.b * 2 - table.c > 0).astype(int))


def train_binary(table):
    """A classifier with a sigmoid, compiled with the metric of a TensorFlow 1 tutorial."""
    import tensorflow as tf

    def auc(y_true, y_pred):
        return tf.reduce_mean(y_pred) - tf.reduce_mean(tf.cast(y_true, "float32"))

    keras.utils.set_random_seed(5)
    model = keras.Sequential(
        [
            keras.Input((5,), name="features"),
            keras.layers.Dense(12, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", metrics=[auc])
    model.fit(table[NAMES], table["y"], epochs=6, batch_size=32, verbose=0)
    return model


def make_sequences():
    """Rows of 12 times 3 numbers, and the mean of the first of them."""
    series = RANDOM.normal(size=(ROWS, 12, 3)).round(3)
    return series, series[:, :, 0].mean(axis=1)


def train_lstm(series, truth):

    keras.utils.set_random_seed(5)
    model = keras.Sequential(
        [keras.Input((12, 3), name="series"), keras.layers.LSTM(6), keras.layers.Dense(1)]
    )
    model.compile("adam", "mse")
    model.fit(series, truth, epochs=3, verbose=0)
    return model


def make_named_inputs():
    """A vector, a category number and a number, and one of three classes."""
    frame = pd.DataFrame(
        {
            "profile": list(RANDOM.normal(size=(ROWS, 4)).round(3)),
            "city": RANDOM.integers(0, 6, ROWS),
            "age": RANDOM.normal(size=ROWS).round(3),
        }
    )
    score = np.stack(frame.profile)[:, 0] + frame.city / 6 + frame.age
    return frame.assign(label=np.asarray(pd.qcut(score, 3, labels=False)))


def arrays_of(frame):
    """What Keras is given for the rows of `make_named_inputs`."""
    return {
        "profile": np.stack(frame["profile"]).astype("float32"),
        "city": frame["city"].to_numpy("int32")[:, np.newaxis],
        "age": frame["age"].to_numpy("float32")[:, np.newaxis],
    }


def train_named_inputs(frame):

    keras.utils.set_random_seed(5)
    profile = keras.Input((4,), name="profile")
    city = keras.Input((1,), name="city", dtype="int32")
    age = keras.Input((1,), name="age")
    embedded = keras.layers.Flatten()(keras.layers.Embedding(6, 3)(city))
    joined = keras.layers.Concatenate()([profile, embedded, age])
    hidden = keras.layers.Dense(16, activation="relu")(joined)
    given = keras.layers.Dense(3, activation="softmax", name="classes")(hidden)
    model = keras.Model({"profile": profile, "city": city, "age": age}, given)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(arrays_of(frame), frame["label"], epochs=4, verbose=0)
    return model


def pack_small(bundle: Path) -> None:
    """The bundle with which the extra is tested alone."""
    table = make_table()
    model = train_binary(table)
    file = bundle.with_name("model.keras")
    model.save(file)
    golive.pack(file, table, target="y", output=bundle)
