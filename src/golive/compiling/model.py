"""Compiling a model: its program is written and proven, or it is said why the original answers."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from golive.bundle.layout import PROGRAM_FOLDER
from golive.bundle.manifest import RuntimeKind
from golive.bundle.proof import Proof
from golive.compiling.compile import write_program
from golive.compiling.exporting import NotExportableError
from golive.compiling.proof import Evidence, prove
from golive.scorer.format import PROGRAM
from golive.scorer.writing import without_batches

__all__ = ["COMPILED_KINDS", "Compiled", "as_proven", "compile_estimator", "prove_program"]

_STEPS = f"{PROGRAM_FOLDER}/{PROGRAM}"

COMPILED_KINDS: tuple[RuntimeKind, ...] = ("sklearn", "xgboost", "lightgbm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """What came of compiling.

    Attributes:
        proof: How the program compares with the original, and which of them is to answer.
        program: The bytes of its files by their path in a bundle; empty if the original answers.
    """

    proof: Proof
    program: Mapping[str, bytes] = field(default_factory=dict)


def compile_estimator(estimator: Any, kind: RuntimeKind, evidence: Evidence) -> Compiled:
    """Compile a fitted estimator or booster, and prove what came of it."""
    if kind not in COMPILED_KINDS:
        return Compiled(proof=Proof(is_chosen=False, reason=f"Models of the kind {kind} are not."))
    with tempfile.TemporaryDirectory(prefix="golive-compile-") as folder:
        root = Path(folder)
        (root / PROGRAM_FOLDER).mkdir()
        try:
            files = write_program(estimator, evidence.signature, root / PROGRAM_FOLDER)
        except NotExportableError as error:
            return Compiled(proof=Proof(is_chosen=False, reason=_sentence(str(error))))
        except Exception as error:  # noqa: BLE001 - an estimator in a state that no exporter foresaw
            reason = f"Exporting it failed: {type(error).__name__}: {error}"
            return Compiled(proof=Proof(is_chosen=False, reason=_sentence(reason)))
        return _proven(
            root, {f"{PROGRAM_FOLDER}/{f.name}": f.read_bytes() for f in files}, evidence
        )


def prove_program(program: Mapping[str, bytes], evidence: Evidence) -> Compiled:
    """Prove a program that was compiled before."""
    with tempfile.TemporaryDirectory(prefix="golive-compile-") as folder:
        root = Path(folder)
        (root / PROGRAM_FOLDER).mkdir()
        for path, data in program.items():
            (root / path).write_bytes(data)
        return _proven(root, program, evidence)


def _proven(root: Path, program: Mapping[str, bytes], evidence: Evidence) -> Compiled:
    proof = prove(root, evidence)
    if not proof.is_chosen:
        return Compiled(proof=proof)
    return Compiled(proof=proof, program=as_proven(program, proof))


def as_proven(program: Mapping[str, bytes], proof: Proof) -> Mapping[str, bytes]:
    """The program, which says that batches go row by row if they were found to be wrong."""
    if proof.batched is None or proof.batched.is_equal:
        return program
    return {**program, _STEPS: without_batches(program[_STEPS])}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
