"""MODEL, as the user gave it, becomes files in a staging directory and how to load them."""

from __future__ import annotations

import dataclasses
import inspect
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

import msgspec

from golive.bundle.manifest import ModelSpec, RuntimeKind
from golive.errors import ModelLoadError, UsageError
from golive.packing.code import CODE, add_code, add_module, missing_module
from golive.packing.definitions import definitions_of
from golive.packing.framework_objects import save_framework_object
from golive.packing.mlflow_directory import (
    MlflowDirectory,
    is_mlflow_directory,
    read_directory,
    refuse_uri,
)
from golive.packing.mlflow_schema import DeclaredSchema
from golive.packing.model_files import loader_of, refuse_directory
from golive.packing.onnx_files import external_data, save_proto
from golive.runtimes.loading import load_estimator

__all__ = ["StagedModel", "example_of", "stage_model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedModel:
    """A model whose files lie in a staging directory, laid out as in its bundle.

    Attributes:
        root: The staging directory.
        spec: How its model is loaded from there.
        estimator: The loaded model: estimator, booster or function.
        folders: Where modules of the user's may lie.
        default_name: What to call the model if nobody says.
        origin: The MLflow directory that it came from, or None.
        is_from_memory: It was an object, not a file of the user's.
    """

    root: Path
    spec: ModelSpec
    estimator: Any
    folders: tuple[Path, ...]
    default_name: str
    origin: MlflowDirectory | None = None
    is_from_memory: bool = False

    @property
    def declared(self) -> DeclaredSchema:
        """The inputs that the model's own files declare; empty if they declare none."""
        schema = None if self.origin is None else self.origin.schema
        return schema or DeclaredSchema()


def stage_model(
    model: object, root: Path, *, code: Sequence[Path] = (), include: Sequence[Path] = ()
) -> StagedModel:
    """Put a model's files under `root/model` and `root/code` and load it.

    Args:
        model: A file (`model.joblib`, `.json`, …), a directory that MLflow saved,
            `file.py:function`, or an object.
        root: An empty directory.
        code: Files and folders with code that the model needs, copied into `code/`.
        include: Other files that a function model reads beside its source, copied there too.

    Raises:
        UsageError: The file does not exist or is of an unknown kind.
        ModelLoadError: It cannot be loaded.
    """
    add_code(root, [*code, *include])
    if isinstance(model, Path) or (isinstance(model, str) and model):
        return _stage_reference(str(model), root, code)
    if isinstance(model, FunctionType):
        return _stage_function_object(model, root)
    return _stage_object(model, root)


def example_of(staged: StagedModel) -> tuple[object, tuple[str, ...]]:
    """The sample where the user gave none: the input example of an MLflow directory; and a note.

    Raises:
        UsageError: There is none.
    """
    if staged.origin is None:
        raise UsageError(
            "There is no training sample.",
            hint="Give the data that the model was trained on with --data.",
        )
    sample = staged.origin.sample()
    note = (
        f"The {len(sample)} rows of MLflow's input example stand for the training sample: ranges "
        "and categories come from them alone. --data gives better ones."
    )
    return sample, (note,)


def _stage_reference(reference: str, root: Path, code: Sequence[Path]) -> StagedModel:
    refuse_uri(reference)
    if is_mlflow_directory(Path(reference)):
        return _stage_mlflow(read_directory(Path(reference)), root)
    source, colon, function = reference.rpartition(":")
    if colon and source.endswith(".py"):
        return _stage_function(Path(source), function, root)
    path = Path(reference)
    refuse_directory(path)
    if not path.is_file():
        raise UsageError(
            f"There is no model file {path}.",
            hint="MODEL is a file such as model.joblib, a directory with an MLmodel file, or "
            "file.py:function",
        )
    kind, loader = loader_of(path)
    _copy_model(path, kind, root)
    holds_classes = loader in ("joblib", "pickle", "skops", "keras", "torch-pickle")
    main_module = _stage_definitions(root, code) if holds_classes else None
    spec = ModelSpec(
        kind=kind,
        loader=loader,
        file=f"model/{path.name}",
        main_module=main_module,
    )
    return _loaded(root, spec, (path.resolve().parent, Path.cwd()), path.name.partition(".")[0])


def _stage_mlflow(origin: MlflowDirectory, root: Path) -> StagedModel:
    """Stage the flavor's own file, so that MLflow is not needed; of a pyfunc all files."""
    if origin.kind == "pyfunc":
        _copy_tree(origin.path, root / "model")
        file = f"model/{origin.file}"
    else:
        file = f"model/{Path(origin.file).name}"
        _copy_model(origin.path / origin.file, origin.kind, root)
        if origin.code is not None:
            _copy_tree(origin.code, root / CODE)
    spec = ModelSpec(kind=origin.kind, loader=origin.loader, file=file)
    staged = _loaded(root, spec, (Path.cwd(),), origin.name)
    return dataclasses.replace(staged, origin=origin)


def _copy_model(path: Path, kind: RuntimeKind, root: Path) -> None:
    """Copy a model file into `root/model`, with the files of its weights if it has such."""
    _copy(path, root / "model" / path.name)
    for beside in external_data(path) if kind == "onnx" else ():
        _copy(path.parent / beside, root / "model" / beside)


def _stage_definitions(root: Path, code: Sequence[Path]) -> str | None:
    """Reduce the first source file to its definitions: it stands in for `__main__`."""
    script = next((path for path in code if path.suffix == ".py"), None)
    if script is None:
        return None
    staged = root / CODE / script.name
    staged.write_text(definitions_of(staged.read_text("utf-8")), "utf-8")
    return script.stem


def _stage_function(source: Path, function: str, root: Path) -> StagedModel:
    if not source.is_file():
        raise UsageError(f"There is no file {source} with a function {function!r}.")
    _copy(source, root / CODE / source.name)
    spec = ModelSpec(
        kind="function", loader="python", file=f"{CODE}/{source.name}", function=function
    )
    return _loaded(root, spec, (source.resolve().parent, Path.cwd()), function)


def _stage_function_object(function: FunctionType, root: Path) -> StagedModel:
    source = inspect.getsourcefile(function)
    if source is None or "." in function.__qualname__ or not Path(source).is_file():
        raise UsageError(
            f"The function {function.__qualname__!r} is not at the top of a Python file.",
            hint="put it in a file and pack 'file.py:function'",
        )
    return _stage_function(Path(source), function.__name__, root)


def _stage_object(model: object, root: Path) -> StagedModel:
    if (saved := save_framework_object(model, root)) is not None:
        found = _loaded(root, saved, (Path.cwd(),), type(model).__name__.lower())
        return dataclasses.replace(found, is_from_memory=True)
    package = type(model).__module__.partition(".")[0]
    if type(model).__name__ == "ModelProto" and package == "onnx":
        return _loaded(root, save_proto(model, root), (Path.cwd(),), "model")
    if type(model).__name__ == "Booster" and package in ("xgboost", "lightgbm"):
        spec = _save_booster(model, package, root)
    else:
        spec = _save_pickle(model, root)
    return StagedModel(
        root=root,
        spec=spec,
        estimator=model,
        folders=(Path.cwd(),),
        default_name=type(model).__name__.lower(),
        is_from_memory=True,
    )


def _save_booster(model: Any, package: str, root: Path) -> ModelSpec:
    (root / "model").mkdir(parents=True, exist_ok=True)
    if package == "xgboost":
        model.save_model(root / "model" / "model.ubj")
        return ModelSpec(kind="xgboost", loader="xgboost", file="model/model.ubj")
    model.save_model(str(root / "model" / "model.txt"))
    return ModelSpec(kind="lightgbm", loader="lightgbm", file="model/model.txt")


def _save_pickle(model: object, root: Path) -> ModelSpec:
    import cloudpickle

    try:
        content = cloudpickle.dumps(model)
    except Exception as error:
        raise ModelLoadError(
            f"A {type(model).__name__} cannot be pickled: {error}",
            hint="replace what cannot travel (open files, connections, locks) by what opens it "
            "on first use",
        ) from error
    (root / "model").mkdir(parents=True, exist_ok=True)
    (root / "model" / "model.pkl").write_bytes(content)
    return ModelSpec(kind="sklearn", loader="pickle", file="model/model.pkl")


def _loaded(root: Path, spec: ModelSpec, folders: tuple[Path, ...], name: str) -> StagedModel:
    """Load what is staged, adding the user's modules one by one as they are found missing."""
    trusted = _skops_types(root, spec)
    spec = msgspec.structs.replace(spec, trusted_types=trusted)
    while True:
        try:
            estimator: Any = load_estimator(root, spec)
        except Exception as error:
            missing = missing_module(error)
            if missing is None or not add_module(root, missing, folders):
                raise
        else:
            if spec.kind == "keras":
                spec = msgspec.structs.replace(spec, backend=estimator.backend)
            return StagedModel(
                root=root, spec=spec, estimator=estimator, folders=folders, default_name=name
            )


def _skops_types(root: Path, spec: ModelSpec) -> tuple[str, ...]:
    if spec.loader != "skops":
        return ()
    from golive.optional import require

    skops_io = require("skops.io", extra="skops")
    return tuple(sorted(skops_io.get_untrusted_types(file=root / spec.file)))


def _copy_tree(source: Path, destination: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(source, destination, ignore=ignored, dirs_exist_ok=True)


def _copy(source: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, destination)
