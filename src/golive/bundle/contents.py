"""The contents: everything that a bundle is written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from golive.bundle.golden import GoldenRecord
from golive.bundle.manifest import ModelSpec
from golive.bundle.profile import Profile
from golive.bundle.proof import Proof
from golive.signature.model import Signature

__all__ = ["BundleContents"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleContents:
    """What a bundle is written from.

    Attributes:
        name: The model's name.
        model: How the model is loaded.
        signature: What it takes and gives.
        requirements: Exact requirements, such as `scikit-learn==1.5.2`.
        golden: The golden records.
        profile: The reference profile.
        card: The text of the model card.
        model_files: Path in the bundle, under `model/` or `code/`, to its bytes or the file that
            holds them.
        python_version: Of the process that packed, such as `3.11.7`.
        tolerance: Largest relative difference of a golden score that is still the same answer.
        git_commit: The commit of the working directory, or None.
        data_sha256: SHA-256 of the training sample's file, or None.
        notes: What pack found worth telling, one sentence each.
        program: The bytes of the compiled program by their path, where it is to answer.
        proof: How the compiled program compares with the original; None if it was not compiled.
        answers_because: Why the program answers, or the original, in a sentence.
    """

    name: str
    model: ModelSpec
    signature: Signature
    requirements: tuple[str, ...]
    golden: tuple[GoldenRecord, ...]
    profile: Profile
    card: str
    model_files: Mapping[str, Path | bytes]
    python_version: str
    tolerance: float = 1e-6
    git_commit: str | None = None
    data_sha256: str | None = None
    notes: tuple[str, ...] = ()
    program: Mapping[str, bytes] = field(default_factory=dict)
    proof: Proof | None = None
    answers_because: str = "It was packed without compiling it."
