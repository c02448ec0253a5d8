"""What compiling means for a bundle: the program answers, or a note says why it does not."""

from __future__ import annotations

from dataclasses import replace

from golive.bundle.contents import BundleContents
from golive.compiling.model import Compiled

__all__ = ["NOT_COMPILED", "with_compiled"]

NOT_COMPILED = "Not compiled, so the original answers: "
"""How the note of a bundle begins whose model could not be compiled."""


def with_compiled(contents: BundleContents, compiled: Compiled) -> BundleContents:
    """The contents with a program and its proof; a note tells loudly where there is none."""
    reason = compiled.proof.reason
    notes = tuple(note for note in contents.notes if not note.startswith(NOT_COMPILED))
    if not compiled.program:
        notes = (*notes, f"{NOT_COMPILED}{reason}")
    return replace(
        contents,
        program=compiled.program,
        proof=compiled.proof,
        answers_because=reason,
        notes=notes,
    )
