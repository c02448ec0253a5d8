"""From a bundle to an engine that has answered its golden records."""

from __future__ import annotations

from pathlib import Path

import msgspec

from golive.bundle.manifest import UNPICKLING, Answering, ModelSpec
from golive.bundle.reading import Bundle
from golive.engine.decode import MAX_TEXT, Decoder
from golive.engine.engine import Engine
from golive.engine.golden import Difference, refuse_drift, replay
from golive.engine.timing import measure_pace
from golive.errors import ModelLoadError, PickleRefusedError
from golive.runtimes.compiled import load_compiled
from golive.runtimes.loading import load_model
from golive.signature.model import Signature

__all__ = [
    "LoadedBundle",
    "answering_engine",
    "compiled_engine_for",
    "engine_for",
    "load_bundle",
    "what_answers",
]

_ASKED_FOR = "The bundle has a compiled program, and the original was asked for."


class LoadedBundle(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle whose model is in memory.

    Attributes:
        bundle: The bundle on disk.
        engine: Answers with its model.
        differences: Golden records that this environment answers differently; empty unless that
            was allowed.
        answers: Whether its compiled program or its original model answers here.
        answers_because: Why, in a sentence; what the manifest says unless the original was asked
            for.
    """

    bundle: Bundle
    engine: Engine
    differences: tuple[Difference, ...] = ()
    answers: Answering
    answers_because: str


def engine_for(
    root: Path,
    spec: ModelSpec,
    signature: Signature,
    *,
    max_records: int = 10_000,
    max_text: int = MAX_TEXT,
    limits_images: bool = False,
) -> Engine:
    """Load the model of a directory laid out as a bundle.

    Raises:
        ModelLoadError: The model cannot be loaded.
    """
    loaded = load_model(root, spec, signature)
    decoder = Decoder(
        signature,
        request_type=loaded.request_type,
        max_records=max_records,
        max_text=max_text,
        limits_images=limits_images,
    )
    return Engine(signature, loaded.model, decoder=decoder)


def compiled_engine_for(
    root: Path, signature: Signature, *, max_records: int = 10_000, max_text: int = MAX_TEXT
) -> Engine:
    """Load the compiled program of a directory laid out as a bundle, and nothing else of it.

    Raises:
        ModelLoadError: It cannot be loaded.
    """
    model = load_compiled(root, signature)
    decoder = Decoder(signature, max_records=max_records, max_text=max_text)
    return Engine(signature, model, decoder=decoder)


def answering_engine(
    bundle: Bundle,
    *,
    original: bool = False,
    no_pickle: bool = False,
    max_records: int = 10_000,
    max_text: int = MAX_TEXT,
    limits_images: bool = False,
) -> Engine:
    """Load what answers for a bundle: its compiled program if it has one, else the original.

    Raises:
        PickleRefusedError: It is a pickle, and `no_pickle` refuses that.
        ModelLoadError: It cannot be loaded.
    """
    manifest = bundle.manifest
    if what_answers(bundle, original=original)[0] == "compiled":
        return compiled_engine_for(
            bundle.path, bundle.signature, max_records=max_records, max_text=max_text
        )
    if manifest.model.file in bundle.left_out:
        raise ModelLoadError(
            f"The original model of {bundle.name} ({manifest.model.file}) was left out of this "
            "package, in which the compiled program answers.",
            hint="Ask the whole bundle that the package was built from.",
        )
    if no_pickle and manifest.model.loader in UNPICKLING:
        raise _refused(bundle)
    return engine_for(
        bundle.path,
        manifest.model,
        bundle.signature,
        max_records=max_records,
        max_text=max_text,
        limits_images=limits_images,
    )


def load_bundle(  # noqa: PLR0913 - each is one thing that whoever serves may say
    bundle: Bundle,
    *,
    allow_drifted_environment: bool = False,
    original: bool = False,
    no_pickle: bool = False,
    max_records: int = 10_000,
    max_text: int = MAX_TEXT,
    limits_images: bool = False,
) -> LoadedBundle:
    """Load a bundle's model, replay its golden records and time it on them.

    Args:
        bundle: The bundle on disk.
        allow_drifted_environment: Load it although golden records are answered differently.
        original: Let the original model answer, not the compiled program.
        no_pickle: Refuse a model whose loading would run code out of a pickle.
        max_records: The most records that a request may hold.
        max_text: The most characters of a text in one of them.
        limits_images: Whether the images of one request have a limit on their pixels together.

    Raises:
        PickleRefusedError: The model is a pickle, and `no_pickle` refuses that.
        ModelLoadError: The model cannot be loaded here.
        EnvironmentDriftError: Golden records are answered differently and that is not allowed.
    """
    manifest = bundle.manifest
    engine = answering_engine(
        bundle,
        original=original,
        no_pickle=no_pickle,
        max_records=max_records,
        max_text=max_text,
        limits_images=limits_images,
    )
    differences = replay(engine, bundle.golden, tolerance=manifest.tolerance)
    if not allow_drifted_environment:
        refuse_drift(manifest.name, differences)
    rows = [golden.record for golden in bundle.golden if "error" not in golden.output]
    if manifest.model.kind == "sklearn":
        engine.learn(engine.decoder.decode_rows(rows))
    engine.pace = measure_pace(engine, rows, manifest.model.kind)
    answers, because = what_answers(bundle, original=original)
    return LoadedBundle(
        bundle=bundle,
        engine=engine,
        differences=differences,
        answers=answers,
        answers_because=because,
    )


def what_answers(bundle: Bundle, *, original: bool) -> tuple[Answering, str]:
    """What answers for a bundle here, and why."""
    manifest = bundle.manifest
    if original and manifest.answers == "compiled":
        return "original", _ASKED_FOR
    return manifest.answers, manifest.answers_because


def _refused(bundle: Bundle) -> PickleRefusedError:
    spec = bundle.manifest.model
    hint = (
        "Pack it from a file without pickles, such as XGBoost's or LightGBM's own, ONNX or skops."
    )
    if spec.kind == "sklearn":
        hint = (
            f"golive compile {bundle.source}, if it has no compiled program; or save it with skops."
        )
    return PickleRefusedError(
        f"The model of {bundle.name} is a pickle ({spec.file}): loading it runs code that is in "
        "it, and --no-pickle refuses that.",
        hint=hint,
    )
