"""The proof of an ONNX graph: equal to the original on the same rows as a compiled program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from threadpoolctl import threadpool_limits

from golive.bundle.proof import Deviation, Proof
from golive.compiling.comparing import Measure
from golive.compiling.exporting import NotExportableError
from golive.compiling.onnx_graph import Floats, OnnxGraphModel, convert, is_sayable, parts_of
from golive.compiling.proof import Evidence, answered_rows, compare_on_rows
from golive.compiling.timing import time_models
from golive.runtimes.protocols import Batch
from golive.signature.model import Signature

__all__ = ["ProvenGraph", "prove_graph"]

_TOLERANCE = 1e-6
"""Graphs compute some steps in 32 bits, so small probabilities are right in their first digits."""
_ROWS = 4_000
_SIZES = (1, 64)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenGraph:
    """A graph and what its proof says of it.

    Attributes:
        graph: The bytes of the ONNX file; empty if there is none that is equal.
        proof: How it compares with the original; `compiled` stands for the graph.
    """

    graph: bytes
    proof: Proof


def prove_graph(estimator: Any, evidence: Evidence) -> ProvenGraph:
    """Convert an estimator in 64 bits, or else in 32, and compare the graph with the original.

    Raises:
        MissingExtraError: skl2onnx or ONNX Runtime is not installed.
    """
    refused: list[Proof] = []
    widths: tuple[Floats, ...] = ("float64", "float32")
    with threadpool_limits(limits=1):
        for floats in widths:
            try:
                graph = convert(estimator, evidence.signature, floats)
                model = OnnxGraphModel(graph, evidence.signature)
            except NotExportableError as error:
                refused.append(Proof(is_chosen=False, reason=f"{error}.", tolerance=_TOLERANCE))
                continue
            proof = _compared(estimator, evidence, model, floats)
            if proof.is_chosen:
                return ProvenGraph(graph=graph, proof=replace(proof, size=len(graph)))
            refused.append(proof)
    told = next((proof for proof in refused if proof.worst is not None), refused[0])
    return ProvenGraph(graph=b"", proof=told)


def _compared(estimator: Any, evidence: Evidence, model: OnnxGraphModel, floats: Floats) -> Proof:
    signature = evidence.signature
    found = compare_on_rows(
        evidence,
        model,
        Measure(tolerance=_TOLERANCE, floor=1.0, may_answer_more=True),
        rows=_ROWS,
        keep=lambda batch: _sayable(batch, signature),
    )
    facts: dict[str, Any] = {"tried": tuple(found.tried), "tolerance": _TOLERANCE}
    if found.failure is not None:
        causes = " ".join(_causes(estimator, found.failure, floats))
        row = found.failure
        reason = (
            f"The graph (in {floats}) answers a row of the kind {row.kind!r} with {row.compiled}, "
            f"and the original with {row.original}. {causes}"
        )
        return Proof(is_chosen=False, reason=reason.strip(), worst=row, **facts)
    batch = _sayable(answered_rows(evidence, model), signature)
    timings = time_models(evidence.original, model, batch, _SIZES) if batch.size else ()
    rows = sum(tried.rows for tried in found.tried)
    reason = f"The graph (in {floats}) is equal on {rows:,} rows."
    return Proof(is_chosen=True, reason=reason, worst=found.worst, timings=timings, **facts)


def _sayable(batch: Batch, signature: Signature) -> Batch:
    rows = list(zip(*batch.columns, strict=True))
    return batch.take([at for at, row in enumerate(rows) if is_sayable(signature, list(row))])


def _causes(estimator: Any, row: Deviation, floats: Floats) -> Iterator[str]:
    """What is known to go wrong, where it may have."""
    parts = list(parts_of(estimator))
    if any(getattr(part, "sublinear_tf", False) is True for part in parts):
        yield "skl2onnx is known to ignore or change sublinear_tf."
    names = {type(part).__name__ for part in parts}
    histogram = [p for p in parts if type(p).__name__.startswith("HistGradientBoosting")]
    if any(getattr(part, "is_categorical_", None) is not None for part in histogram):
        yield "skl2onnx is known to treat HistGradientBoosting's categories as numbers."
    is_forest = any("Forest" in name or "Tree" in name for name in names)
    if is_forest and any(value is None for value in row.row.values()):
        yield "skl2onnx is known to send NaN the wrong way in trees and forests."
    if floats == "float32" and row.relative is not None:
        yield "The graph computes in 32 bits, and the original in 64."
    elif floats == "float32":
        yield "The graph compares in 32 bits: values are rounded before they meet a threshold."
