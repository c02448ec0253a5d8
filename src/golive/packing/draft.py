"""The draft of a bundle: a loaded model, its settled signature and the sample's rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from golive.engine.answers import Answer, Fault
from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.errors import PackError, UsageError
from golive.packing.data import as_frame, read_records, read_table, rows_of, text_reader
from golive.packing.identity import compare_direct
from golive.packing.image_files import read_folder
from golive.packing.inference import infer_signature
from golive.packing.missing_values import is_made_for_nulls
from golive.packing.mlflow_schema import declared_signature, declared_table
from golive.packing.pictures import with_pictures
from golive.packing.policies import settle_policies
from golive.packing.progress import Progress
from golive.packing.source import StagedModel
from golive.packing.truths import truths_of
from golive.runtimes.loading import model_for
from golive.signature.model import JsonValue, PixelScale, Signature

__all__ = [
    "Asked",
    "Draft",
    "Sample",
    "draft_model",
    "engine_of",
    "read_frame",
    "read_sample",
    "with_threshold",
]

Sample = pd.DataFrame | list[JsonValue]

_COMPARED_ROWS = 500
_ALL = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user said of the signature, beside the data.

    Attributes:
        target: The column with the truths.
        classes: The labels, where the model does not know them.
        positive: The class that is scored.
        threshold: Label as positive from this score on.
        images: The columns of arrays, bytes or base64 texts that are images.
        pixels: The range of the pixels that the model takes.
    """

    target: str | None = None
    classes: tuple[JsonValue, ...] | None = None
    positive: JsonValue = None
    threshold: float | None = None
    images: tuple[str, ...] = ()
    pixels: PixelScale | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A model that answers through its signature, ready to be written.

    Attributes:
        engine: Answers with the settled signature.
        rows: The sample as JSON records.
        frame: The sample's model-ready columns; None for a function model.
        truths: The sample's target in the type of the classes, or None.
        notes: What was found worth telling.
    """

    engine: Engine
    rows: list[JsonValue]
    frame: pd.DataFrame | None
    truths: list[JsonValue] | None
    notes: tuple[str, ...]

    @property
    def signature(self) -> Signature:
        """What the model takes and gives."""
        return self.engine.signature

    def answer(self, rows: Sequence[JsonValue]) -> list[Answer | Fault]:
        """Answer rows as the served model will."""
        return self.engine.answer(self.engine.decoder.decode_rows(rows))


def read_sample(data: object, *, is_function: bool, target: str | None = None) -> Sample:
    """Read a sample: a table, a folder of images, or a function model's requests.

    Args:
        data: Or where it is.
        is_function: It is a function model's requests.
        target: What to call the classes of a folder's images.

    Raises:
        UsageError: It cannot be read, or has no rows.
    """
    if is_function:
        if isinstance(data, str | Path):
            return read_records(Path(data))
        if not isinstance(data, list | tuple) or not data:
            raise UsageError("A function model's data is a list of requests, at least one.")
        return list(data)
    return read_frame(data, target)


def read_frame(data: object, target: str | None) -> pd.DataFrame:
    """Read a table, or a folder of images whose sub-folders are the classes, named `target`.

    Raises:
        UsageError: It cannot be read, or has no rows.
    """
    if not isinstance(data, str | Path):
        return as_frame(data)
    path = Path(data)
    return read_folder(path, target) if path.is_dir() else read_table(path)


def draft_model(staged: StagedModel, data: object, asked: Asked, progress: Progress) -> Draft:
    """Infer the signature, settle its policies and prove that it changes no answer.

    Raises:
        SignatureError: The data do not fit the model.
        PackError: Rows scored through the signature differ from rows scored directly.
    """
    is_function = staged.spec.kind == "function"
    sample = read_sample(data, is_function=is_function, target=asked.target)
    if isinstance(sample, list):
        return _draft_function(staged, sample)
    sample = with_pictures(sample, asked.images, asked.pixels)
    return _draft_estimator(staged, sample, data, asked, progress)


def _draft_function(staged: StagedModel, requests: list[JsonValue]) -> Draft:
    from golive.runtimes.function import function_types

    types = function_types(staged.estimator)
    inference = infer_signature(
        staged.estimator,
        staged.spec.kind,
        requests,
        target=None,
        request_type=types.request,
        answer_type=types.answer,
    )
    engine = engine_of(staged, inference.signature, request_type=types.request)
    draft = Draft(engine=engine, rows=requests, frame=None, truths=None, notes=inference.notes)
    _refuse_silence(draft.answer(requests[:_COMPARED_ROWS]), "request")
    return draft


def _draft_estimator(
    staged: StagedModel, frame: pd.DataFrame, data: object, asked: Asked, progress: Progress
) -> Draft:
    progress("Inferring the signature from the data and the model")
    schema = staged.declared
    text_frame = text_reader(data)
    frame, taken = declared_table(frame, schema, target=asked.target, text_frame=text_frame)
    inference = infer_signature(
        staged.estimator,
        staged.spec.kind,
        frame,
        target=asked.target,
        classes=asked.classes,
        positive=asked.positive,
        text_frame=text_frame,
    )
    signature = with_threshold(inference.signature, asked.threshold)

    def call(tried: Signature, rows: list[JsonValue]) -> list[Answer | Fault]:
        trial = engine_of(staged, tried)
        return trial.answer(trial.decoder.decode_rows(rows))

    progress("Trying nulls and unseen categories on the model")
    inferred = as_frame(inference.frame)
    rows = rows_of(inferred, signature)
    signature, notes = settle_policies(
        signature,
        rows,
        call,
        is_made_for_nulls=is_made_for_nulls(staged.spec, staged.root),
    )
    signature = declared_signature(signature, schema)
    target = inference.target
    draft = Draft(
        engine=engine_of(staged, signature),
        rows=list(rows),
        frame=inferred,
        truths=None if target is None else truths_of(target, signature.output),
        notes=(*taken, *inference.notes, *notes),
    )
    progress("Comparing answers through the signature with the model's own")
    return dataclasses.replace(draft, notes=(*draft.notes, *_prove_identity(staged, draft)))


def engine_of(staged: StagedModel, signature: Signature, *, request_type: Any = None) -> Engine:
    """An engine of the loaded model that takes samples of any size."""
    return Engine(
        signature,
        model_for(staged.estimator, staged.spec.kind, signature),
        decoder=Decoder(signature, request_type=request_type, max_records=_ALL),
    )


def _prove_identity(staged: StagedModel, draft: Draft) -> tuple[str, ...]:
    assert draft.frame is not None
    step = max(1, len(draft.rows) // _COMPARED_ROWS)
    chosen = [i for i in range(0, len(draft.rows), step) if _fits_json(draft.rows[i])]
    frame = draft.frame.iloc[chosen]
    body = msgspec.json.encode([draft.rows[i] for i in chosen])
    answers = draft.engine.answer(draft.engine.decoder.decode_body(body))
    _refuse_silence(answers, "row")
    return compare_direct(
        staged.estimator, staged.spec.kind, draft.signature, frame.reset_index(drop=True), answers
    )


def _fits_json(row: JsonValue) -> bool:
    """Whether JSON can say the row: it has no infinity."""
    values = row.values() if isinstance(row, dict) else [row]
    return not any(isinstance(value, float) and not isfinite(value) for value in values)


def _refuse_silence(entries: Sequence[Answer | Fault], noun: str) -> None:
    """Refuse a model that answers none of its own sample."""
    first = next((entry for entry in entries if isinstance(entry, Fault)), None)
    if first is not None and not any(isinstance(entry, Answer) for entry in entries):
        where = f" (field {first.field})" if first.field else ""
        raise PackError(
            f"The model answers no {noun} of the sample; the first error is "
            f"{first.code}{where}: {first.message}",
            hint="check that the data are what the model was trained on",
        )


def with_threshold(signature: Signature, threshold: float | None) -> Signature:
    """The signature with a threshold, if one is given.

    Raises:
        UsageError: It is not from 0 to 1, or the model has no score that a threshold could cut.
    """
    if threshold is None:
        return signature
    if isinstance(threshold, bool) or not 0 <= threshold <= 1:
        raise UsageError(
            f"A threshold is a number from 0 to 1, not {threshold}.", hint="such as --threshold 0.4"
        )
    if signature.output.kind != "binary" or not signature.output.has_probabilities:
        raise UsageError(
            "A threshold needs a binary classifier with probabilities; this model is "
            f"{signature.output.kind}."
        )
    return msgspec.structs.replace(
        signature, output=msgspec.structs.replace(signature.output, threshold=threshold)
    )
