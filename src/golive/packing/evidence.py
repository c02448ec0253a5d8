"""Evidence: what a program or a graph made of a bundle's model is proven with, or refused for."""

from __future__ import annotations

import shlex

from golive.bundle.proof import Proof
from golive.bundle.reading import Bundle
from golive.compiling.made_up import made_up_records
from golive.compiling.proof import Evidence
from golive.compiling.refusal import NotProvenError
from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.engine.golden import refuse_drift, replay
from golive.packing.data import rows_of
from golive.packing.draft import read_frame
from golive.runtimes.loading import Loaded, load_model

__all__ = ["evidence_of", "load_original", "not_proven"]


def load_original(old: Bundle) -> Loaded:
    """The original model, where it gives the answers that were packed.

    Raises:
        ModelLoadError: The model does not load here.
        EnvironmentDriftError: This environment answers golden records differently.
    """
    loaded = load_model(old.path, old.manifest.model, old.signature)
    engine = Engine(old.signature, loaded.model, decoder=Decoder(old.signature))
    refuse_drift(old.name, replay(engine, old.golden, tolerance=old.manifest.tolerance))
    return loaded


def evidence_of(old: Bundle, loaded: Loaded, data: object | None) -> Evidence:
    """What something made of a bundle's model is proven with.

    Args:
        old: The bundle.
        loaded: Its original model.
        data: The training sample; without it, records are made up.
    """
    if data is None:
        records = made_up_records(old.signature, [golden.record for golden in old.golden])
    else:
        records = list(rows_of(read_frame(data, None), old.signature))
    return Evidence(
        original=loaded.model,
        signature=old.signature,
        records=records,
        golden=old.golden,
        tolerance=old.manifest.tolerance,
    )


def not_proven(old: Bundle, said: str, proof: Proof) -> NotProvenError:
    """The error of what is not made of a bundle, which can still be served.

    Args:
        old: The bundle.
        said: What is not done.
        proof: Says why.
    """
    return NotProvenError(
        f"{said}: {proof.reason}",
        proof=proof,
        hint=f"golive serve {shlex.quote(str(old.source))}",
    )
