"""`golive.load`: a bundle's served answers, in process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from golive.bundle.reading import Bundle, open_bundle
from golive.engine.answers import Options, entry_to_json
from golive.engine.decoded import Decoded
from golive.engine.loading import LoadedBundle, load_bundle
from golive.signature.model import JsonValue, Signature

if TYPE_CHECKING:
    import pandas as pd

    from golive.registry.reference import Reference

__all__ = ["Predictor", "load", "open_reference", "reference_of"]

_LOOKUP_SECONDS = 0.05  # as served by default


class Predictor:
    """Answers rows in process exactly as the served model would.

    Attributes:
        bundle: The bundle that answers.
    """

    def __init__(self, loaded: LoadedBundle) -> None:
        self.bundle = loaded.bundle
        self._engine = loaded.engine

    @property
    def signature(self) -> Signature:
        """What the model takes and gives."""
        return self._engine.signature

    def predict(
        self,
        rows: pd.DataFrame | Sequence[object] | dict[str, object] | str,
        *,
        threshold: float | None = None,
        top: int | None = None,
    ) -> list[dict[str, JsonValue]]:
        """Answer rows: for each, in order, what `predictions` holds for it when served.

        Args:
            rows: A DataFrame (nulls are NaN, NaT or None), a list of records, or one record; for
                text models also a list of texts or one text.
            threshold: Binary models: overrides the signature's.
            top: Multiclass models: so many of the largest probabilities.

        Raises:
            RequestError: An option does not fit the model.
        """
        decoded = self._engine.decoder.decode_rows(
            _records(rows, self.signature), Options(threshold=threshold, top=top)
        )
        return self._answers(decoded)

    def predict_texts(
        self,
        rows: Sequence[Mapping[str, str | None]],
        *,
        threshold: float | None = None,
        top: int | None = None,
    ) -> list[dict[str, JsonValue]]:
        """Answer rows of texts, such as a CSV's; what pandas takes for a null is null.

        Args:
            rows: Column names to the texts that stand in the file.
            threshold: As for `predict`.
            top: As for `predict`.

        Raises:
            RequestError: An option does not fit the model.
        """
        return self._answers(
            self._engine.decoder.decode_texts(rows, Options(threshold=threshold, top=top))
        )

    def _answers(self, decoded: Decoded) -> list[dict[str, JsonValue]]:
        defaults = decoded.defaults or {}
        return [
            entry_to_json(entry, defaults=defaults.get(at, ()))
            for at, entry in enumerate(self._engine.answer(decoded))
        ]


def load(  # noqa: PLR0913 - one argument an option
    ref: str | Path,
    *,
    verify: bool = False,
    allow_drifted_environment: bool = False,
    original: bool = False,
    no_pickle: bool = False,
    lookup: Mapping[str, str] | None = None,
    lookup_timeout: float = _LOOKUP_SECONDS,
) -> Predictor:
    """Load a bundle, verify it, replay its golden records and be ready to answer.

    Args:
        ref: The path of a bundle (a directory or a `.zip`), or `[REGISTRY/]NAME[@VERSION|@ALIAS]`.
        verify: Hash every file again even if this machine has verified it before.
        allow_drifted_environment: Answer even if golden records now come out differently.
        original: Let the original model answer, not the compiled program.
        no_pickle: Refuse a model whose loading would run code out of a pickle.
        lookup: Where looked-up columns are, by the name of the lookup: a file, or the URL of a
            Redis. Without it, rows need all columns, or have their defaults, and answers say so.
        lookup_timeout: Seconds to wait for a Redis until looked-up columns have their defaults.

    Raises:
        PickleRefusedError: The model is a pickle, and `no_pickle` refuses that.
        UsageError: There is no bundle there, or a lookup has no such place.
        BundleError: The bundle is not what was packed.
        ModelLoadError: The model cannot be loaded here.
        EnvironmentDriftError: Golden records are answered differently.
    """
    bundle = open_reference(ref, verify=verify)
    loaded = load_bundle(
        bundle,
        allow_drifted_environment=allow_drifted_environment,
        original=original,
        no_pickle=no_pickle,
    )
    if lookup is not None or bundle.signature.lookups:
        from golive.wiring.lookups import add_lookups, check_lookups  # few models have any

        if lookup is not None:
            check_lookups(lookup, {bundle.name: bundle.signature})
        add_lookups(loaded.engine, lookup or {}, seconds=lookup_timeout)
    return Predictor(loaded)


def open_reference(ref: str | Path, *, verify: bool = False) -> Bundle:
    """Open the bundle that a reference names, verified, its model not loaded.

    Args:
        ref: A path, or `[REGISTRY/]NAME[@VERSION|@ALIAS]`.
        verify: Hash every file again even if this machine has verified it before.

    Raises:
        UsageError: There is no bundle there, or no such version.
        RegistryError: The registry's history, or the version's bundle, is not what was written.
        StoreUnavailableError: The registry does not answer.
        BundleError: The bundle is not what was packed.
    """
    reference = reference_of(ref)
    if reference is None:
        return open_bundle(Path(ref), verify_all=verify)
    from golive.wiring.registries import locate, pull

    return pull(locate(reference), verify=verify)


def reference_of(ref: str | Path) -> Reference | None:
    """What a text names in a registry, or None where it is a bundle's path."""
    if Path(ref).exists():
        return None
    from golive.registry.reference import reference_or_none  # nobody else waits for it

    return reference_or_none(str(ref))


def _records(rows: Any, signature: Signature) -> Sequence[object]:
    if isinstance(rows, dict | str):
        return [rows]
    if hasattr(rows, "to_dict") and hasattr(rows, "columns"):
        from golive.runtimes.records import frame_records

        return frame_records(rows)
    if signature.form == "series" and hasattr(rows, "tolist"):
        return list(rows.tolist())
    return list(rows)
