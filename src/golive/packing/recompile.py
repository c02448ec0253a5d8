"""`golive.compile`: a new bundle from an old one, whose compiled program answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from golive.bundle.proof import Proof
from golive.bundle.reading import Bundle, open_bundle
from golive.bundle.writing import check_destination, write_bundle
from golive.compiling.model import COMPILED_KINDS, compile_estimator
from golive.compiling.refusal import NotProvenError
from golive.packing.compiled import NOT_COMPILED, with_compiled
from golive.packing.evidence import evidence_of, load_original, not_proven
from golive.packing.progress import Progress, say_nothing
from golive.packing.remaking import contents_of, destination_for

__all__ = ["compile"]


def compile(  # noqa: A001 - the name of the command
    bundle: str | Path,
    *,
    data: object | None = None,
    output: str | Path | None = None,
    progress: Progress | None = None,
) -> Bundle:
    """Make a new bundle from one: the same model, and a compiled program that answers for it.

    Args:
        bundle: The bundle to start from; its model is loaded here.
        data: The training sample, as for `golive.pack`: the program is proven on its rows. Without
            it, on records made up from the signature and the golden records.
        output: Where to write the new bundle. By default the first free one of `NAME-2.bundle`,
            `NAME-3.bundle`, … in the current directory (with `.zip` if `bundle` is a zip file).
        progress: Told in a sentence what is being done.

    Raises:
        NotProvenError: It cannot be compiled, its program is not equal, or it is slower.
        UsageError: There is no bundle, or `output` is `bundle` itself.
        ModelLoadError: The model does not load here.
        EnvironmentDriftError: This environment answers golden records differently.
    """
    say = progress or say_nothing
    old = open_bundle(Path(bundle))
    destination = destination_for(old, old.name, output)
    check_destination(destination)
    manifest = old.manifest
    if manifest.model.kind not in COMPILED_KINDS:
        reason = f"Models of the kind {manifest.model.kind} are not compiled."
        raise _refusal(old, Proof(is_chosen=False, reason=reason))
    say("Loading the model and answering the golden records")
    loaded = load_original(old)
    evidence = evidence_of(old, loaded, data)
    say("Compiling the model and comparing the program with it")
    compiled = compile_estimator(loaded.estimator, manifest.model.kind, evidence)
    if not compiled.program:
        raise _refusal(old, compiled.proof)
    contents = contents_of(old)
    contents = replace(contents, card=_without_notes(contents.card, contents.notes))
    say(f"Writing {destination}")
    return write_bundle(
        with_compiled(contents, compiled), destination, created_at=datetime.now(UTC)
    )


def _refusal(old: Bundle, proof: Proof) -> NotProvenError:
    said = f"{old.name} {old.version} is not compiled, and the original answers"
    return not_proven(old, said, proof)


def _without_notes(card: str, notes: Sequence[str]) -> str:
    """The card without what was said of a program that there was not."""
    for note in notes:
        if note.startswith(NOT_COMPILED):
            card = card.replace(f"- {note}\n", "")
    return card
