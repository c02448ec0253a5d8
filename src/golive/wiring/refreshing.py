"""Refreshing: what a followed reference names in its registry, as served models."""

from __future__ import annotations

from golive.blobs.store import StoreUnavailableError
from golive.errors import UsageError
from golive.http.plan import Named, ServePlan
from golive.http.refreshing.source import SourceUnavailableError
from golive.registry.errors import HistoryCorruptError, NotInRegistryError
from golive.registry.reference import parse_reference
from golive.service.served import ServedModel
from golive.wiring.models import load_model
from golive.wiring.registries import locate, named_by, open_registry, pull_named

__all__ = ["RegistrySource", "open_source"]


class RegistrySource:
    """The versions of a model in a registry; a `ModelSource`.

    Args:
        plan: How it is served.
        reference: What is followed.
    """

    def __init__(self, plan: ServePlan, reference: str) -> None:
        self._plan = plan
        self._text = reference
        self._reference = parse_reference(reference)
        self._registry = open_registry(self._reference.registry)

    def look(self) -> Named:
        """The version that the reference names now.

        Raises:
            SourceUnavailableError: The registry does not answer, its history is not what was
                written, or the reference names nothing any more.
        """
        try:
            located = locate(self._reference, self._registry)
        except (StoreUnavailableError, HistoryCorruptError, NotInRegistryError) as error:
            raise SourceUnavailableError(error.message, hint=error.hint, code=error.code) from error
        return named_by(self._text, self._reference, located)

    def load(self, named: Named) -> ServedModel:
        """A version, pulled, verified and loaded, its golden records replayed.

        Raises:
            SourceUnavailableError: The registry does not answer.
            GoliveError: It is not what was packed, does not load here, or answers differently.
        """
        try:
            bundle = pull_named(named, verify=self._plan.verify)
        except StoreUnavailableError as error:
            raise SourceUnavailableError(error.message, hint=error.hint, code=error.code) from error
        if bundle.signature.features:
            raise UsageError(
                f"{named.label} takes features of other models, which cannot be followed.",
                hint="golive serve with the versions of the chain, and without --refresh",
            )
        return load_model(self._plan, named.model, bundle, names=named.names)


def open_source(plan: ServePlan, named: Named) -> RegistrySource:
    """The versions of a followed reference; called in each worker."""
    return RegistrySource(plan, named.reference)
