"""Small PyTorch models, really trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import golive

torch = pytest.importorskip("torch")
nn = torch.nn

RANDOM = np.random.default_rng(12)
ROWS = 700
HELD_OUT = 210
NAMES = ["a", "b", "c", "d"]


class Net(nn.Module):
    """A perceptron with what differs between training and inference."""

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(4, 16), nn.ReLU(), nn.BatchNorm1d(16), nn.Dropout(0.3), nn.Linear(16, outputs)
        )

    def forward(self, x):
        return self.layers(x)


class Joined(nn.Module):
    """Two inputs, one of them a number of a category; two outputs by name."""

    def __init__(self) -> None:
        super().__init__()
        self.cities = nn.Embedding(6, 3)
        self.last = nn.Linear(7, 1)

    def forward(self, profile, city):
        joined = torch.cat([profile, self.cities(city)], 1)
        return {"hidden": joined, "price": self.last(joined)}


class Branching(nn.Module):
    """What no exporter follows: a branch that the data decide."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 1)

    def forward(self, x):
        found = self.layer(x)
        return found.relu() if bool(torch.isfinite(found).all()) else found


def make_table():
    """Four numbers, a number that depends on them and which of three thirds it is in."""
    table = pd.DataFrame(RANDOM.normal(size=(ROWS, 4)), columns=NAMES)
    price = table.a * 2 + table.b - table.c * table.d
    return table.assign(price=price, third=np.asarray(pd.qcut(price, 3, labels=False)))


def tensor_of(frame):
    return torch.tensor(frame[NAMES].to_numpy("float32"))


def train(model, inputs, truth, loss, epochs=60):
    torch.manual_seed(3)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    model.train()
    for _ in range(epochs):
        optimizer.zero_grad()
        loss(model(inputs), truth).backward()
        optimizer.step()
    return model.eval()


def train_classifier(table):
    """Logits of three classes."""
    truth = torch.tensor(table["third"].to_numpy("int64"))
    return train(Net(3), tensor_of(table), truth, nn.CrossEntropyLoss())


def train_regression(table):
    truth = torch.tensor(table[["price"]].to_numpy("float32"))
    return train(Net(1), tensor_of(table), truth, nn.MSELoss())


def export(model, *inputs, batch=True):
    """An exported program, for any number of records or for as many as `inputs` have."""
    shapes = tuple({0: torch.export.Dim("batch")} for _ in inputs) if batch else None
    return torch.export.export(model, inputs, dynamic_shapes=shapes)


def pack_small(bundle: Path) -> None:
    """The bundle with which the extra is tested alone."""
    table = make_table()
    model = train_classifier(table)
    file = bundle.with_name("model.pt2")
    torch.export.save(export(model, tensor_of(table)), file)
    golive.pack(file, table.drop(columns="price"), target="third", output=bundle)
