"""Directories as MLflow writes them, made by hand so that the tests need no MLflow."""

import json

import yaml


def write_mlmodel(folder, flavors, *, inputs=None, requirements=(), example=None, **extra):
    """Write `MLmodel`, `requirements.txt` and an input example into a folder that holds a model."""
    folder.mkdir(parents=True, exist_ok=True)
    python = {"loader_module": "mlflow.any", "python_version": "3.11.7"}
    content = {"flavors": {"python_function": python, **flavors}, "mlflow_version": "3.17.2"}
    if inputs is not None:
        content["signature"] = {"inputs": json.dumps(inputs), "outputs": None, "params": None}
    if example is not None:
        (folder / "input_example.json").write_text(json.dumps(example))
        content["saved_input_example_info"] = {"artifact_path": "input_example.json"}
    (folder / "MLmodel").write_text(yaml.safe_dump(content | extra))
    (folder / "requirements.txt").write_text("".join(f"{line}\n" for line in requirements))
    return folder


def column(name, type_, *, required=True):
    """One entry of a column schema."""
    return {"type": type_, "name": name, "required": required}


def tensor(dtype, *shape, name=None):
    """One entry of a tensor schema."""
    entry = {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": [-1, *shape]}}
    return entry if name is None else {**entry, "name": name}
