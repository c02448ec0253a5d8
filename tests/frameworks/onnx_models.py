"""Really trained models as ONNX files."""

import warnings
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


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Images of handwritten digits, (n, 8, 8) from 0 to 1, and what they are."""
    from sklearn.datasets import load_digits

    loaded = load_digits()
    return (loaded.images / 16).astype("float32"), loaded.target


def train_digits(network, images: np.ndarray, truths: np.ndarray):
    """A PyTorch network of images to ten logits, trained for a few seconds."""
    import torch

    torch.manual_seed(4)
    torch.set_num_threads(1)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    given, wanted = torch.tensor(images), torch.tensor(truths)
    for _ in range(60):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(given), wanted).backward()
        optimizer.step()
    return network.eval()


def export_network(file: Path, network, example: np.ndarray, *, fixed_batch: bool = False) -> None:
    """A PyTorch network as an ONNX file with one input, `pixels`, and one output, `logits`."""
    import torch

    batch = None if fixed_batch else ({0: torch.export.Dim("batch")},)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's own, of what it calls itself
        torch.onnx.export(
            network,
            (torch.tensor(example),),
            file,
            input_names=["pixels"],
            output_names=["logits"],
            dynamic_shapes=batch,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
