"""PyTorch's file formats as tensor programs, and what their errors say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.frameworks.torch_models import (
    HELD_OUT,
    NAMES,
    Branching,
    Joined,
    Net,
    export,
    make_table,
    tensor_of,
    torch,
    train_classifier,
)

from golive.bundle.manifest import ModelSpec
from golive.errors import ModelLoadError, ModelOutputError, SignatureError
from golive.packing.draft import Asked
from golive.packing.model_files import loader_of
from golive.packing.open_modules import described
from golive.packing.source import stage_model
from golive.runtimes.loading import load_estimator
from golive.runtimes.tensor_program import TensorFacts, TensorSpec
from golive.runtimes.tensors import run_in_batches

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.*deprecated:DeprecationWarning")


@pytest.fixture(scope="module")
def table():
    return make_table()


@pytest.fixture(scope="module")
def model(table):
    return train_classifier(table)


@pytest.fixture(scope="module")
def inputs(table):
    return tensor_of(table.tail(HELD_OUT))


def direct(model, *inputs):
    with torch.inference_mode():
        return model(*inputs).numpy()


def load(path: Path):
    kind, loader = loader_of(path)
    return load_estimator(path.parent, ModelSpec(kind=kind, loader=loader, file=path.name))


def saved(exported, path: Path):
    with path.open("wb") as file:
        torch.export.save(exported, file)
    return path


def test_an_exported_program_says_what_it_takes(model, inputs, tmp_path):
    program = load(saved(export(model, inputs), tmp_path / "net.pt2"))

    assert program.facts == TensorFacts(
        inputs=(TensorSpec("x", "float32", (4,)),),
        outputs=(TensorSpec("output", "float32", (3,)),),
    )
    for size in (1, 7, HELD_OUT):
        [given] = program.run([inputs[:size].numpy()])
        np.testing.assert_allclose(given, direct(model, inputs[:size]), rtol=1e-5, atol=1e-6)


def test_several_inputs_and_outputs_keep_their_names(tmp_path):
    profile, city = torch.randn(5, 4), torch.tensor([0, 1, 2, 3, 5])
    joined = Joined().eval()

    program = load(saved(export(joined, profile, city), tmp_path / "joined.pt2"))

    assert program.facts == TensorFacts(
        inputs=(TensorSpec("profile", "float32", (4,)), TensorSpec("city", "int64", ())),
        outputs=(TensorSpec("hidden", "float32", (7,)), TensorSpec("price", "float32", (1,))),
    )
    given = program.run([profile.numpy(), city.numpy()])
    with torch.inference_mode():
        expected = joined(profile, city)
    np.testing.assert_allclose(given[0], expected["hidden"].numpy(), rtol=1e-6)
    np.testing.assert_allclose(given[1], expected["price"].numpy(), rtol=1e-5)


def test_a_fixed_batch_is_filled_up(model, inputs, tmp_path):
    program = load(saved(export(model, inputs[:4], batch=False), tmp_path / "net.pt2"))

    [given] = run_in_batches(program, [inputs[:9].numpy()])

    assert program.facts.batch_size == 4
    np.testing.assert_allclose(given, direct(model, inputs[:9]), rtol=1e-5, atol=1e-6)


def test_a_batch_above_the_largest_that_was_exported_is_cut(model, inputs, tmp_path):
    shapes = ({0: torch.export.Dim("batch", max=8)},)
    exported = torch.export.export(model, (inputs[:4],), dynamic_shapes=shapes)

    [given] = load(saved(exported, tmp_path / "net.pt2")).run([inputs[:21].numpy()])

    np.testing.assert_allclose(given, direct(model, inputs[:21]), rtol=1e-5, atol=1e-6)


def test_a_program_exported_in_training_mode_is_refused(inputs, tmp_path):
    path = saved(export(Net(3).train(), inputs), tmp_path / "net.pt2")

    with pytest.raises(ModelLoadError, match=r"net\.pt2 was exported in training mode") as caught:
        load(path)

    assert "model.eval()" in caught.value.hint


@pytest.mark.parametrize("ending", [".pt2", ".pt", ".pth"])
def test_a_state_dict_says_how_to_export_the_model(model, tmp_path, ending):
    torch.save(model.state_dict(), tmp_path / f"weights{ending}")

    with pytest.raises(ModelLoadError, match=r"holds weights \(a state dict\)") as caught:
        load(tmp_path / f"weights{ending}")

    assert "torch.export.export(model, (x,), dynamic_shapes=shapes)" in caught.value.hint
    assert 'torch.export.save(exported, "model.pt2")' in caught.value.hint


def test_the_lines_that_the_hint_gives_do_what_they_say(model, inputs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save(model.state_dict(), "weights.pt")
    with pytest.raises(ModelLoadError) as caught:
        load(tmp_path / "weights.pt")
    lines = "\n".join(line.strip() for line in caught.value.hint.splitlines()[1:])

    exec(lines, {"torch": torch, "model": Net(3), "x": inputs[:4]})

    [given] = load(tmp_path / "model.pt2").run([inputs.numpy()])
    np.testing.assert_allclose(given, direct(model, inputs), rtol=1e-5, atol=1e-6)


def test_a_file_that_is_cut_off_is_no_model(model, inputs, tmp_path):
    whole = saved(export(model, inputs), tmp_path / "net.pt2").read_bytes()
    (tmp_path / "net.pt2").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(ModelLoadError, match=r"net\.pt2 is no whole exported program"):
        load(tmp_path / "net.pt2")


def stage(model, data, tmp_path, target=None):
    return described(stage_model(model, tmp_path / "staged"), data, Asked(target=target))


def files_of(staged):
    return sorted(str(p.relative_to(staged.root)) for p in staged.root.rglob("*") if p.is_file())


@pytest.mark.parametrize("make", [torch.jit.script, lambda m: torch.jit.trace(m, torch.ones(3, 4))])
def test_the_arrays_of_a_scripted_module_are_found_and_kept(model, table, inputs, tmp_path, make):
    torch.jit.save(make(model), tmp_path / "net.pt")

    staged, notes = stage(tmp_path / "net.pt", table[[*NAMES, "third"]], tmp_path, "third")
    again = load_estimator(staged.root, staged.spec)

    assert notes == ()
    assert staged.spec.loader == "torchscript"
    assert files_of(staged) == ["model/net.pt", "model/tensors.json"]
    assert again.facts == TensorFacts(
        inputs=(TensorSpec("x", "float32", (4,)),),
        outputs=(TensorSpec("output", "float32", (3,)),),
    )
    np.testing.assert_allclose(again.run([inputs.numpy()])[0], direct(model, inputs), atol=1e-6)


def test_a_module_from_memory_is_exported(model, table, inputs, tmp_path):
    training = model.train()

    staged, notes = stage(training, table[NAMES], tmp_path)

    assert training.training
    assert notes == ()
    assert staged.spec == ModelSpec(kind="pytorch", loader="torch-export", file="model/model.pt2")
    assert files_of(staged) == ["model/model.pt2"]
    [given] = staged.estimator.run([inputs.numpy()])
    np.testing.assert_allclose(given, direct(model.eval(), inputs), rtol=1e-5, atol=1e-6)


def test_a_module_that_cannot_be_exported_is_kept_as_a_pickle(table, inputs, tmp_path):
    model = Branching().eval()

    staged, notes = stage(model, table[NAMES], tmp_path)

    assert notes[0].startswith("The module was packed as a pickle, which needs its source")
    assert staged.spec.loader == "torch-pickle"
    assert files_of(staged) == ["model/model.pt", "model/tensors.json"]
    np.testing.assert_array_equal(staged.estimator.run([inputs.numpy()])[0], direct(model, inputs))


def test_several_inputs_are_found_by_the_columns_of_their_names(tmp_path):
    random = np.random.default_rng(1)
    frame = pd.DataFrame(
        {"city": random.integers(0, 6, 30), "profile": list(random.normal(size=(30, 4)))}
    )

    staged, _ = stage(Joined(), frame, tmp_path)

    assert staged.estimator.facts.inputs == (
        TensorSpec("profile", "float32", (4,)),
        TensorSpec("city", "int64", ()),
    )


def test_a_column_that_is_missing_is_named(table, tmp_path):
    with pytest.raises(SignatureError, match="takes profile, city; the sample has no column"):
        stage(Joined(), table, tmp_path)


def test_a_sample_that_does_not_fit_says_what_was_tried(model, table, tmp_path):
    with pytest.raises(SignatureError, match=r"as float32 of shape \(3, 5\).*cannot be multiplied"):
        stage(model, table[[*NAMES, "price"]], tmp_path)


class Whole(torch.nn.Module):
    def forward(self, x):
        return x.mean()


def test_a_module_that_gives_one_value_for_all_rows_is_refused(table, tmp_path):
    with pytest.raises(ModelOutputError, match=r"shape \(\) as 'output' for 3 rows"):
        stage(Whole(), table[NAMES], tmp_path)


SCRIPT = """
import torch


class Doubled(torch.nn.Module):
    def forward(self, x):
        return x.sum(1) * FACTOR


FACTOR = 2.0
if __name__ == "__main__":
    torch.save(Doubled(), "doubled.pth")
"""


def test_a_class_of_a_script_is_found_in_its_definitions(table, tmp_path):
    import subprocess
    import sys

    (tmp_path / "train.py").write_text(SCRIPT)
    subprocess.run([sys.executable, "train.py"], cwd=tmp_path, check=True)
    file = tmp_path / "doubled.pth"
    with pytest.raises(ModelLoadError, match=r"needs __main__\.Doubled"):
        stage_model(file, tmp_path / "without")

    staged = stage_model(file, tmp_path / "with", code=[tmp_path / "train.py"])
    staged, _ = described(staged, table[NAMES], Asked())

    [given] = staged.estimator.run([np.ones((2, 4), "float32")])
    assert staged.spec.main_module == "train"
    assert given.tolist() == [8.0, 8.0]
