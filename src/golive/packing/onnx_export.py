"""`golive.export_onnx`: a bundle's model as an ONNX graph, where that is proven equal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from golive.bundle.proof import Proof
from golive.bundle.reading import Bundle, open_bundle
from golive.compiling.onnx_proof import prove_graph
from golive.compiling.refusal import NotProvenError
from golive.errors import UsageError
from golive.files import write_atomically
from golive.packing.evidence import evidence_of, load_original, not_proven
from golive.packing.progress import Progress, say_nothing

__all__ = ["OnnxExport", "export_onnx"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnnxExport:
    """An ONNX file.

    Attributes:
        path: Where it is.
        proof: How it compares with the original; `compiled` stands for the graph.
    """

    path: Path
    proof: Proof


def export_onnx(
    bundle: str | Path,
    output: str | Path,
    *,
    data: object | None = None,
    progress: Progress | None = None,
) -> OnnxExport:
    """Write the model of a bundle as an ONNX graph for other programs, proven equal to it.

    A `frame` becomes one input of shape (records, 1) a column, a `matrix` the input `input`, texts
    one input of strings. Nulls of numbers are NaN; ONNX has none of texts.

    Args:
        bundle: The bundle; its model is loaded here.
        output: The file to write.
        data: The training sample, as for `golive.pack`: the graph is proven on its rows. Without
            it, on records made up from the signature and the golden records.
        progress: Told in a sentence what is being done.

    Raises:
        NotProvenError: There is no graph that is equal; nothing was written.
        UsageError: There is no bundle, or `output` is a directory.
        MissingExtraError: `golive[onnx-export]` is not installed.
        ModelLoadError: The model does not load here.
        EnvironmentDriftError: This environment answers golden records differently.
    """
    say = progress or say_nothing
    old, path = open_bundle(Path(bundle)), Path(output)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UsageError(f"{path} cannot be written.", hint="Name a file in a directory, with -o.")
    if old.manifest.model.kind != "sklearn":
        raise _refusal(old, Proof(is_chosen=False, reason=_not_made(old)))
    say("Loading the model and answering the golden records")
    loaded = load_original(old)
    say("Converting the model and comparing the graph with it")
    proven = prove_graph(loaded.estimator, evidence_of(old, loaded, data))
    if not proven.graph:
        raise _refusal(old, proven.proof)
    write_atomically(path, proven.graph)
    return OnnxExport(path=path, proof=proven.proof)


def _not_made(old: Bundle) -> str:
    kind = old.manifest.model.kind
    if kind in ("xgboost", "lightgbm"):
        return f"skl2onnx knows no boosters of {kind}; onnxmltools converts them, unproven."
    return f"Models of the kind {kind} are no estimators of scikit-learn."


def _refusal(old: Bundle, proof: Proof) -> NotProvenError:
    return not_proven(old, f"No ONNX graph of {old.name} {old.version} is written", proof)
