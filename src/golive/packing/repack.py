"""`golive.repack`: a new bundle from an old one, with another threshold, signature or card."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from golive.bundle.contents import BundleContents
from golive.bundle.golden import GoldenRecord
from golive.bundle.reading import Bundle, open_bundle
from golive.bundle.writing import write_bundle
from golive.compiling.made_up import made_up_records
from golive.compiling.model import prove_program
from golive.compiling.proof import Evidence
from golive.engine.golden import compare_all, refuse_drift
from golive.errors import SignatureError, UsageError
from golive.packing.clean_process import CleanRun, run_clean
from golive.packing.compiled import with_compiled
from golive.packing.draft import with_threshold
from golive.packing.names import checked_name
from golive.packing.progress import Progress, say_nothing
from golive.packing.remaking import contents_of, destination_for
from golive.runtimes.loading import load_model
from golive.signature.model import Column, JsonValue, Output, Signature
from golive.signature.toml_reading import loads

__all__ = ["repack"]

_COLUMN_FIXED = ("type", "dtype", "categories", "length", "shape", "null_as",
                 "pixel_mode", "pixel_scale", "pixel_layout")  # fmt: skip
_OUTPUT_FIXED = (
    "classes",
    "has_probabilities",
    "label_source",
    "activation",
    "tensor",
    "json_schema",
)


def repack(  # noqa: PLR0913 - each argument is one thing a person may change
    bundle: str | Path,
    *,
    threshold: float | None = None,
    signature: str | Path | None = None,
    card: str | Path | None = None,
    name: str | None = None,
    output: str | Path | None = None,
    progress: Progress | None = None,
) -> Bundle:
    """Make a new bundle from one: the same model, golden records run again.

    A compiled program stays, and is compared with the original again.

    Args:
        bundle: The bundle to start from.
        threshold: Binary models: label as positive from this score on.
        signature: An edited `signature.toml`.
        card: An edited `card.md`.
        name: Another name.
        output: Where to write the new bundle. By default the first free one of `NAME-2.bundle`,
            `NAME-3.bundle`, … in the current directory (with `.zip` if `bundle` is a zip file).
        progress: Told in a sentence what is being done.

    Raises:
        UsageError: Nothing is to be changed, a file is missing, or `output` is `bundle` itself.
        SignatureError: The edited signature does not fit the model.
        ModelLoadError: The model does not load in a clean process.
        EnvironmentDriftError: This environment answers golden records differently.
    """
    say = progress or say_nothing
    if (threshold, signature, card, name) == (None, None, None, None):
        raise UsageError(
            "Nothing is to be changed.",
            hint="golive repack BUNDLE --threshold 0.4 (or --signature, --card, --name)",
        )
    old = open_bundle(Path(bundle))
    called = old.name if name is None else checked_name(name)
    destination = destination_for(old, called, output)
    edited = _edited(old, None if signature is None else Path(signature), threshold)
    say("Answering the golden records again in a clean process")
    run, answers = _answer_again(old, edited)
    contents = replace(
        contents_of(old),
        name=called,
        signature=edited,
        requirements=run.requirements,
        golden=tuple(GoldenRecord(g.record, o) for g, o in zip(old.golden, answers, strict=True)),
        card=old.card if card is None else _read(Path(card)),
        python_version=platform.python_version(),
    )
    if contents.program:
        say("Comparing the compiled program with the original again")
        contents = with_compiled(
            contents, prove_program(contents.program, _evidence(old, contents))
        )
    return write_bundle(contents, destination, created_at=datetime.now(UTC))


def _evidence(old: Bundle, contents: BundleContents) -> Evidence:
    """What the program is proven with again: policies that were edited let other values pass."""
    loaded = load_model(old.path, old.manifest.model, contents.signature)
    return Evidence(
        original=loaded.model,
        signature=contents.signature,
        records=made_up_records(contents.signature, [golden.record for golden in contents.golden]),
        golden=contents.golden,
        tolerance=contents.tolerance,
    )


def _answer_again(old: Bundle, edited: Signature) -> tuple[CleanRun, Sequence[JsonValue]]:
    """The golden records' answers with the edited signature, where the old one gives the old ones.

    In an environment that changes answers, repacking would write the changed ones down as right.

    Raises:
        EnvironmentDriftError: Golden records are answered differently here than when packed.
    """
    records = [golden.record for golden in old.golden]
    other = None if edited == old.signature else edited
    run = run_clean(old.path, old.manifest.model, old.signature, records, edited=other)
    differences = compare_all(old.golden, run.outputs, tolerance=old.manifest.tolerance)
    refuse_drift(old.name, differences)
    return run, run.outputs if other is None else run.edited


def _edited(old: Bundle, file: Path | None, threshold: float | None) -> Signature:
    signature = old.signature if file is None else loads(_read(file))
    _check_edit(old.signature, signature)
    return with_threshold(signature, threshold)


def _check_edit(before: Signature, after: Signature) -> None:
    """What the model itself decides cannot be edited."""
    pairs = [
        ("form", before.form, after.form),
        ("columns", before.column_names, after.column_names),
        ("request schema", before.json_schema, after.json_schema),
        ("output kind", before.output.kind, after.output.kind),
        *_members("output", before.output, after.output, _OUTPUT_FIXED),
    ]
    for old, new in zip(before.columns, after.columns, strict=False):
        pairs += _members(f"column {old.name!r}", old, new, _COLUMN_FIXED)
    for what, stated, wished in pairs:
        if stated != wished:
            raise SignatureError(
                f"The signature's {what} cannot be edited: the model has {stated!r}, not "
                f"{wished!r}.",
                hint="pack the model again if it changed",
            )


def _members(
    whose: str, before: Column | Output, after: Column | Output, names: Sequence[str]
) -> list[tuple[str, Any, Any]]:
    return [
        (f"{name} of the {whose}", getattr(before, name), getattr(after, name)) for name in names
    ]


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}.", hint="Give the path of an edited copy."
        ) from error
