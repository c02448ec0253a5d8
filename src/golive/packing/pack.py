"""`golive.pack`: a trained model and a sample of its data become a bundle."""

from __future__ import annotations

import hashlib
import platform
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from golive.bundle.card import CardFacts, build_card
from golive.bundle.contents import BundleContents
from golive.bundle.golden import GoldenRecord
from golive.bundle.profile import Profile
from golive.bundle.reading import Bundle
from golive.bundle.writing import check_destination, write_bundle
from golive.compiling.model import COMPILED_KINDS, compile_estimator
from golive.compiling.proof import Evidence
from golive.engine.golden import answer_rows, compare
from golive.errors import ModelLoadError, PackError
from golive.files import sha256_of
from golive.packing.clean_process import Cause, CleanRun, MissingModuleError, run_clean
from golive.packing.code import add_module
from golive.packing.compiled import with_compiled
from golive.packing.draft import Asked, Draft, draft_model
from golive.packing.golden import choose_golden
from golive.packing.held_out import HeldOut, evaluate
from golive.packing.held_out_data import read_held_out, refuse_training_rows
from golive.packing.mlflow_requirements import take_over
from golive.packing.names import checked_name, name_from
from golive.packing.open_modules import described
from golive.packing.progress import Progress, say_nothing
from golive.packing.provenance import git_commit
from golive.packing.recipe import recipe
from golive.packing.slimming import slimmed
from golive.packing.source import StagedModel, example_of, stage_model
from golive.runtimes.loading import model_for
from golive.runtimes.tensor_program import TensorFacts, TensorProgram
from golive.signature.model import JsonValue, PixelScale
from golive.stats.columns import profile_columns

__all__ = ["pack"]

_TOLERANCE = 1e-9
_FLOAT32_TOLERANCE = 1e-5  # boosters compute and sum in float32
_TENSOR_TOLERANCE = 1e-4  # so do most tensor programs, and often they take 1 - p of the result
_FLOAT16_TOLERANCE = 1e-2


def pack(  # noqa: PLR0913 - one call packs, and each argument is one thing a person may say
    model: object,
    data: object | None = None,
    *,
    target: str | None = None,
    eval: object | None = None,  # noqa: A002 - the name of the command's option
    name: str | None = None,
    output: str | Path | None = None,
    code: Sequence[str | Path] = (),
    include: Sequence[str | Path] = (),
    classes: Sequence[JsonValue] | None = None,
    positive: JsonValue = None,
    threshold: float | None = None,
    images: str | Sequence[str] = (),
    pixels: PixelScale | None = None,
    keep_all: bool = False,
    compile: bool = True,  # noqa: A002 - the name of the command's option
    progress: Progress | None = None,
) -> Bundle:
    """Pack a trained model with all that is needed to serve it and to know whether it works.

    Args:
        model: A fitted estimator, a booster, a function, or where one is: `model.joblib`,
            `.joblib.gz`, `.pkl`, `.cloudpickle`, `.skops`, XGBoost `.json` or `.ubj`, LightGBM
            `.txt`, ONNX `.onnx`, Keras `.keras` or `.h5`, PyTorch `.pt2`, `.pt` or `.pth`, a
            directory that MLflow saved, or `file.py:function`.
        data: The training sample: a DataFrame, an array, a dict of arrays, a list of texts or of
            images; a CSV, Parquet, JSON lines, `.npy` or `.npz` file; a folder of images, whose
            sub-folders are the classes. For a function model, sample requests. Only an MLflow
            directory with an input example may do without.
        target: The column of `data` that the model predicts, if it is there.
        eval: A held-out sample with the target; without it there are no metrics.
        name: What to call the model; the file's name by default.
        output: Where to write: a directory, or one file if it ends in `.zip`. By default
            `NAME.bundle` in the current directory.
        code: Files and folders with classes and functions that the model needs.
        include: Further files that a function model reads beside its source.
        classes: The class names, for boosters that know only their number.
        positive: Binary models: the class whose probability is the score; the second by default.
        threshold: Binary models: label as positive from this score on.
        images: Columns of `data` that hold images as arrays, as bytes or as base64 text; an array
            that is the whole sample is called `input`. Clients send image files for them.
        pixels: The range of the pixels in the arrays that the model takes: `0..255`, `0..1` or
            `-1..1`. By default it is inferred from the arrays of the sample; for image files
            there is none to infer it from, and the model gets images.
        keep_all: Keep the model file byte for byte. By default what scikit-learn's prediction
            never reads is left out of it, where every answer stays the same.
        compile: Compile the model, prove the program equal to it, and let it answer where it is
            no slower. What cannot be compiled is answered by the original, and a note says why.
        progress: Told in a sentence what is being done.

    Returns:
        The bundle, written and proven to load and answer in a clean process.

    Raises:
        UsageError: A file is missing or an option does not fit.
        SignatureError: The data do not fit the model.
        ModelLoadError: The model does not load, here or in a clean process.
        PackError: Answers through the signature are not the model's own.
    """
    say = progress or say_nothing
    if name is not None:
        checked_name(name)
    if data is not None:
        refuse_training_rows(data, eval)
    asked = Asked(
        target=target,
        classes=None if classes is None else tuple(classes),
        positive=positive,
        threshold=threshold,
        images=(images,) if isinstance(images, str) else tuple(images),
        pixels=pixels,
    )
    with tempfile.TemporaryDirectory(prefix="golive-pack-") as folder:
        root = Path(folder, "staged")
        root.mkdir()
        say("Loading the model")
        staged = stage_model(
            model, root, code=[Path(p) for p in code], include=[Path(p) for p in include]
        )
        called = name or name_from(staged.default_name)
        destination = Path(output) if output is not None else Path(f"{called}.bundle")
        check_destination(destination)
        sample, sample_notes = (data, ()) if data is not None else example_of(staged)
        staged, array_notes = described(staged, sample, asked)
        draft = draft_model(staged, sample, asked, say)
        draft = replace(draft, notes=(*sample_notes, *array_notes, *draft.notes))
        held_out = _evaluate(draft, eval, asked, say)
        if not keep_all:
            staged, slimming_notes = slimmed(staged, draft, say)
            draft = replace(draft, notes=(*draft.notes, *slimming_notes))
        command = recipe(
            model,
            data,
            {
                "target": target,
                "eval": Path(eval) if isinstance(eval, str) else eval,
                "name": name,
                "code": tuple(Path(p) for p in code),
                "include": tuple(Path(p) for p in include),
                "classes": asked.classes,
                "positive": positive,
                "threshold": threshold,
                "images": asked.images,
                "pixels": pixels,
                "keep_all": keep_all or None,
                "compile": None if compile else False,
                "output": destination,
            },
        )
        contents = _contents(called, staged, draft, held_out, data, say)
        if compile:
            contents = _compiled(contents, staged, draft, say)
        contents = replace(contents, card=build_card(_card_facts(contents, command, data)))
        say(f"Writing {destination}")
        return write_bundle(contents, destination, created_at=datetime.now(UTC))


def _evaluate(draft: Draft, data: object | None, asked: Asked, say: Progress) -> HeldOut:
    if data is None:
        return HeldOut()
    say("Evaluating on the held-out sample")
    rows, truths = read_held_out(data, draft, asked.target)
    return evaluate(
        draft.signature.output, draft.answer(rows), truths, training_truths=draft.truths
    )


def _contents(
    name: str, staged: StagedModel, draft: Draft, held_out: HeldOut, data: object, say: Progress
) -> BundleContents:
    golden = choose_golden(draft.rows, draft.signature)
    outputs = answer_rows(draft.engine, golden)
    say("Loading the model again in a clean process and answering golden records there")
    tolerance = _tolerance(staged)
    run = _clean_run(staged, draft, golden, outputs, tolerance)
    source = Path(data) if isinstance(data, str | Path) else None
    requirements, requirement_notes = take_over(staged.origin, run.requirements)
    return BundleContents(
        name=name,
        model=staged.spec,
        signature=draft.signature,
        requirements=requirements,
        golden=tuple(GoldenRecord(r, o) for r, o in zip(golden, outputs, strict=True)),
        profile=_profile(draft, held_out),
        card="",
        model_files=_files(staged.root),
        python_version=platform.python_version(),
        tolerance=tolerance,
        git_commit=git_commit(source.parent if source else Path.cwd()),
        data_sha256=_digest(source) if source else None,
        notes=(*draft.notes, *requirement_notes),
    )


def _compiled(
    contents: BundleContents, staged: StagedModel, draft: Draft, say: Progress
) -> BundleContents:
    """The contents with the program that answers, or with why there is none."""
    if staged.spec.kind not in COMPILED_KINDS:
        because = f"Models of the kind {staged.spec.kind} are not compiled."
        return replace(contents, answers_because=because)
    say("Compiling the model and comparing the program with it")
    evidence = Evidence(
        original=model_for(staged.estimator, staged.spec.kind, draft.signature),
        signature=draft.signature,
        records=draft.rows,
        golden=contents.golden,
        tolerance=contents.tolerance,
    )
    return with_compiled(contents, compile_estimator(staged.estimator, staged.spec.kind, evidence))


def _digest(data: Path) -> str:
    """The SHA-256 of a file; of a folder, that of its files' names and SHA-256."""
    if data.is_file():
        return sha256_of(data)
    files = sorted(path for path in data.rglob("*") if path.is_file())
    lines = [f"{sha256_of(path)}  {path.relative_to(data).as_posix()}\n" for path in files]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _card_facts(contents: BundleContents, command: str, data: object) -> CardFacts:
    return CardFacts(
        name=contents.name,
        model=contents.model,
        signature=contents.signature,
        profile=contents.profile,
        requirements=contents.requirements,
        python_version=contents.python_version,
        pack_command=command,
        golden_count=len(contents.golden),
        tolerance=contents.tolerance,
        data_name=Path(data).name if isinstance(data, str | Path) else "training sample",
        data_sha256=contents.data_sha256,
        git_commit=contents.git_commit,
        notes=contents.notes,
    )


def _clean_run(
    staged: StagedModel,
    draft: Draft,
    golden: list[JsonValue],
    outputs: Sequence[JsonValue],
    tolerance: float,
) -> CleanRun:
    """Run in a clean process, adding the user's modules as they are found missing there."""
    while True:
        try:
            run = run_clean(staged.root, staged.spec, draft.signature, golden)
            _refuse_other_answers(outputs, run, tolerance)
        except MissingModuleError as error:
            if not add_module(staged.root, error.module, staged.folders):
                raise
        else:
            return run


def _refuse_other_answers(outputs: Sequence[JsonValue], run: CleanRun, tolerance: float) -> None:
    for index, (here, there) in enumerate(zip(outputs, run.outputs, strict=True)):
        for difference in compare(index, here, there, tolerance=tolerance):
            _refuse_failure(index, run.causes.get(index))
            raise ModelLoadError(
                f"Loaded in a clean process, the model answers golden record {index} differently: "
                f"{difference.path or 'answer'} is {difference.now!r} there and "
                f"{difference.packed!r} here.",
                hint="make the model depend on nothing but its own state: no globals set by the "
                "script, no randomness in predict",
            )


def _refuse_failure(index: int, cause: Cause | None) -> None:
    """Name what the model raised there, and the module that it imports only when it is called."""
    if cause is None:
        return
    message = f"Loaded in a clean process, the model fails on golden record {index}: {cause.error}."
    if cause.missing_module is not None:
        raise MissingModuleError(message, module=cause.missing_module)
    raise ModelLoadError(
        message,
        hint="make the model depend on nothing but its own state and files: pass what it reads "
        "with --include, and the code that it runs with --code",
    )


def _profile(draft: Draft, held_out: HeldOut) -> Profile:
    columns = () if draft.frame is None else profile_columns(draft.frame, draft.signature)
    return Profile(
        rows=len(draft.rows),
        columns=columns,
        evaluation=held_out.evaluation,
        scores=held_out.scores,
        calibration=held_out.calibration,
    )


def _tolerance(staged: StagedModel) -> float:
    if isinstance(staged.estimator, TensorProgram):
        return _tensor_tolerance(staged.estimator.facts)
    names = {staged.spec.kind, type(staged.estimator).__module__.partition(".")[0]}
    return _FLOAT32_TOLERANCE if "xgboost" in names else _TOLERANCE


def _tensor_tolerance(facts: TensorFacts) -> float:
    """By the narrowest floats of its arrays: other machines and batches sum in another order."""
    dtypes = {spec.dtype for spec in (*facts.inputs, *facts.outputs)}
    if "float16" in dtypes:
        return _FLOAT16_TOLERANCE
    return _TENSOR_TOLERANCE if "float32" in dtypes else _TOLERANCE


def _files(root: Path) -> dict[str, Path | bytes]:
    files = [path for path in sorted(root.rglob("*")) if path.is_file()]
    if not files:
        raise PackError("The model has no files.")
    return {path.relative_to(root).as_posix(): path for path in files}
