"""The manifest: what is in a bundle, how its model is loaded, and its hashes."""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = [
    "FORMAT_VERSION",
    "UNPICKLING",
    "Answering",
    "FileEntry",
    "Loader",
    "Manifest",
    "ModelSpec",
    "RuntimeKind",
]

FORMAT_VERSION = 2
Answering = Literal["compiled", "original"]
RuntimeKind = Literal[
    "sklearn", "xgboost", "lightgbm", "function", "onnx", "keras", "pytorch", "pyfunc"
]
Loader = Literal[
    "joblib", "pickle", "skops", "xgboost", "lightgbm", "python",
    "onnx", "keras", "torch-export", "torchscript", "torch-pickle", "mlflow",
]  # fmt: skip

UNPICKLING: frozenset[Loader] = frozenset({"joblib", "pickle", "torch-pickle", "mlflow"})
"""Loaders of files that are pickles, or that may hold some; loading those runs code in them."""


class FileEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the bundle: its SHA-256 as hexadecimal text and its size in bytes."""

    sha256: str
    size: int


class ModelSpec(msgspec.Struct, frozen=True, kw_only=True):
    """How the model is loaded.

    Attributes:
        kind: The runtime that answers with it.
        loader: The format of its file; `pickle` is also what cloudpickle writes, `python` is a
            function in a source file under `code/`.
        file: Path in the bundle of the model's file, such as `model/model.joblib`; for a function
            model the source file, `code/match.py`.
        function: Function models: the function's name.
        main_module: The module under `code/` that stands in for `__main__` while unpickling.
        trusted_types: skops: the types that the packer trusted.
        imports: Modules under `code/` that the model needs.
        backend: Keras: the backend that it was packed with.
    """

    kind: RuntimeKind
    loader: Loader
    file: str
    function: str | None = None
    main_module: str | None = None
    trusted_types: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    backend: str | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a bundle.

    Attributes:
        format_version: Integer version of the bundle's layout.
        id: SHA-256 over the model files, code, signature, requirements, golden records and
            profile; the same files give the same id.
        name: The model's name.
        model: How the model is loaded.
        files: Path to size and hash of every file but the manifest itself.
        python_version: Of the process that packed, such as `3.11.7`.
        golive_version: Of the golive that packed.
        created_at: When it was packed, ISO 8601 in UTC.
        tolerance: Largest relative difference of a golden score that is still the same answer.
        git_commit: The commit of the working directory, with `-dirty` where it had changes.
        data_sha256: SHA-256 of the training sample's file.
        notes: What pack found worth telling, one sentence each.
        answers: Whether the compiled program or the original model answers.
        answers_because: Why, in a sentence.
    """

    format_version: int
    id: str
    name: str
    model: ModelSpec
    files: dict[str, FileEntry]
    python_version: str
    golive_version: str
    created_at: str
    tolerance: float
    git_commit: str | None = None
    data_sha256: str | None = None
    notes: tuple[str, ...] = ()
    answers: Answering = "original"
    answers_because: str = ""
