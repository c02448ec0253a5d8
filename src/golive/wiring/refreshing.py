"""Refreshing: what a followed reference names in its registry, as served models."""

from __future__ import annotations

import logging

from golive.blobs.store import StoreUnavailableError
from golive.bundle.reading import Bundle
from golive.errors import UsageError
from golive.http.plan import Named, Placement, ServePlan
from golive.http.refreshing.source import SourceUnavailableError
from golive.http.refreshing.trials import TriedVersions
from golive.registry.errors import HistoryCorruptError, NoRoomError, NotInRegistryError
from golive.registry.reference import parse_reference
from golive.service.served import ServedModel
from golive.wiring.models import load_model
from golive.wiring.registries import locate, named_by, open_registry, pull_named

__all__ = ["RegistrySource", "open_source"]

_logger = logging.getLogger("golive.refresh")


class RegistrySource:
    """The versions of a model in a registry; a `ModelSource`.

    Args:
        plan: How it is served.
        named: The version that serves, and what is followed.
    """

    def __init__(self, plan: ServePlan, named: Named) -> None:
        self._plan = plan
        self._text = named.reference
        self._reference = parse_reference(named.reference)
        self._registry = open_registry(self._reference.registry)
        self._tried = TriedVersions(plan.metrics_directory)
        self._tried.know(named.sha256)
        self._pulled: tuple[str, Bundle] | None = None
        self._begun: tuple[str, ServedModel] | None = None

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

    def try_out(self, named: Named) -> None:
        """Load a version in a process of its own, once; a compiled program runs no code of its own.

        One that is served apart is loaded in the process in which it will be served, by this of the
        server's processes, and not again.

        Raises:
            SourceUnavailableError: The registry does not answer, the disk is full, or a file of
                looked-up values cannot be read.
            GoliveError: It is not what was packed, does not load here, or answers differently.
        """
        self._forget()
        bundle = self._pull(named)
        self._pulled = (named.sha256, bundle)
        seconds = self._plan.settings.load_limit
        is_program = bundle.manifest.answers == "compiled" and not self._plan.original
        if self._plan.settings.isolate is not None:
            self._tried.once(named.sha256, lambda: self._begin_apart(named, bundle))
        elif seconds and not is_program:
            self._tried.once(named.sha256, lambda: self._try_apart(named, bundle, seconds))

    def load(self, named: Named) -> ServedModel:
        """A version, pulled, verified and loaded, its golden records replayed.

        Raises:
            SourceUnavailableError: The registry does not answer, or a file of looked-up values
                cannot be read.
            GoliveError: It is not what was packed, does not load here, or answers differently.
        """
        begun, self._begun = self._begun, None
        if begun is not None and begun[0] == named.sha256:
            return begun[1]
        pulled, self._pulled = self._pulled, None
        is_pulled = pulled is not None and pulled[0] == named.sha256
        bundle = pulled[1] if pulled is not None and is_pulled else self._pull(named)
        return self._loaded(named, bundle, self._placement(named, bundle))

    def _loaded(self, named: Named, bundle: Bundle, placement: Placement | None) -> ServedModel:
        try:
            if placement is None:
                return load_model(self._plan, named.model, bundle, names=named.names)
            from golive.wiring.apart import load_version  # few servers isolate anything

            return load_version(self._plan, named, bundle, placement)
        except UsageError as error:
            from golive.lookups.errors import LookupNotReadError  # few models look anything up

            if isinstance(error, LookupNotReadError):
                raise SourceUnavailableError(error.message, hint=error.hint) from error
            raise

    def _placement(self, named: Named, bundle: Bundle) -> Placement | None:
        """The process of a version, its environment made; None for this one.

        Raises:
            SourceUnavailableError: The environment cannot be made now: the disk is full, say.
            GoliveError: The version cannot be served apart, and would have to be.
        """
        if self._plan.settings.isolate is None:
            return None
        from golive.backends.environments import EnvironmentNotMadeError
        from golive.wiring.isolating import placement_of  # few servers isolate anything

        try:
            return placement_of(self._plan, named.model, bundle, tell=_logger.info)
        except EnvironmentNotMadeError as error:
            if isinstance(error.__cause__, OSError):
                raise SourceUnavailableError(error.message, hint=error.hint) from error
            raise

    def _begin_apart(self, named: Named, bundle: Bundle) -> None:
        """Load a version in the process in which it will be served, if it has one of its own."""
        placement = self._placement(named, bundle)
        if placement is not None:
            self._begun = (named.sha256, self._loaded(named, bundle, placement))

    def _forget(self) -> None:
        """End what was begun and never asked for."""
        begun, self._begun = self._begun, None
        if begun is not None and begun[1].backend is not None:
            begun[1].backend.close()

    def _pull(self, named: Named) -> Bundle:
        try:
            bundle = pull_named(named, verify=self._plan.verify)
        except (StoreUnavailableError, NoRoomError) as error:
            raise SourceUnavailableError(error.message, hint=error.hint, code=error.code) from error
        if bundle.signature.features:
            raise UsageError(
                f"{named.label} takes features of other models, which cannot be followed.",
                hint="golive serve with the versions of the chain, and without --refresh",
            )
        return bundle

    def _try_apart(self, named: Named, bundle: Bundle, seconds: float) -> None:
        from golive.wiring.trial_process import TrialTask  # few versions are tried
        from golive.wiring.trials import try_apart

        task = TrialTask(
            path=str(bundle.source),
            name=named.model,
            label=named.label,
            seconds=seconds,
            plan=self._plan,
        )
        try_apart(task)


def open_source(plan: ServePlan, named: Named) -> RegistrySource:
    """The versions of a followed reference; called in each worker."""
    return RegistrySource(plan, named)
