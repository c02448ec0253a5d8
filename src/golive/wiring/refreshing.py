"""Refreshing: what a followed reference names in its registry, as served models."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from golive.blobs.store import StoreUnavailableError
from golive.bundle.reading import Bundle
from golive.engine.loading import what_answers
from golive.errors import BackendError, UsageError
from golive.http.plan import Canary, Named, Placement, ServePlan, Serving
from golive.http.refreshing.source import SourceUnavailableError
from golive.http.refreshing.trials import TriedVersions
from golive.registry.errors import HistoryCorruptError, NoRoomError, NotInRegistryError
from golive.registry.reference import parse_reference
from golive.service.served import ServedModel
from golive.signature.model import Signature
from golive.wiring.models import load_model
from golive.wiring.registries import locate, named_by, open_registry, pull_named

__all__ = ["RegistrySource", "open_source"]

_logger = logging.getLogger("golive.refresh")


class RegistrySource:
    """The versions of a model in a registry; a `ModelSource`.

    Args:
        plan: How it is served.
        named: The version that serves, and what is followed.
        serving: Gives what serves, for versions that are part of a chain.
        has_served: Whether it need not be tried.
    """

    def __init__(
        self,
        plan: ServePlan,
        named: Named,
        serving: Serving = dict,
        *,
        has_served: bool = True,
    ) -> None:
        self._plan = plan
        self._text = named.reference
        self._reference = parse_reference(named.reference)
        self._registry = open_registry(self._reference.registry)
        self._tried = TriedVersions(plan.metrics_directory)
        if has_served:
            self._tried.know(named.sha256)
        self._pulled: tuple[str, Bundle] | None = None
        self._begun: tuple[str, ServedModel] | None = None
        self._serving = serving
        self._canary = _canary_of(plan, named)
        self._slot = named.model if self._canary is None else self._canary.slot

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
        self.forget()
        bundle = self._pull(named)
        self._pulled = (named.sha256, bundle)
        self.try_bundle(named, bundle)

    def try_bundle(self, named: Named, bundle: Bundle) -> None:
        """As `try_out`, with a version that is pulled and verified.

        Raises:
            SourceUnavailableError: The disk is full, or a file of looked-up values cannot be read.
            GoliveError: It does not load here, or answers differently.
        """
        seconds = self._plan.settings.load_limit
        beside = self._beside(bundle.signature)
        is_program = what_answers(bundle, original=self._plan.original)[0] == "compiled"
        are_programs = is_program and all(map(_is_program, beside.values()))
        if self._plan.settings.isolate is not None:
            self._tried.once(named.sha256, lambda: self._begin_apart(named, bundle))
        elif seconds and not are_programs:
            key = _key(named.sha256, beside)
            self._tried.once(key, lambda: self._try_apart(named, bundle, beside, seconds))

    def load(self, named: Named) -> ServedModel:
        """A version, pulled, verified and loaded, its golden records replayed.

        Raises:
            SourceUnavailableError: The registry does not answer, or a file of looked-up values
                cannot be read.
            GoliveError: It is not what was packed, does not load here, or answers differently.
        """
        begun, self._begun = self._begun, None
        if begun is not None and begun[0] == named.sha256:
            return self._together(begun[1])
        pulled, self._pulled = self._pulled, None
        is_pulled = pulled is not None and pulled[0] == named.sha256
        bundle = pulled[1] if pulled is not None and is_pulled else self._pull(named)
        placement = self._placement(named, bundle)
        return self._together(self._loaded(named, bundle, placement, takes_place=is_pulled))

    def _loaded(
        self,
        named: Named,
        bundle: Bundle,
        placement: Placement | None,
        *,
        takes_place: bool,
    ) -> ServedModel:
        """A version by itself."""
        with _unread_says_nothing():
            if self._canary is not None:
                from golive.wiring.candidates import load_candidate  # few servers have one

                canary, plan = self._canary, self._plan
                return load_candidate(plan, canary, named, bundle, placement, waits=takes_place)
            if placement is None:
                return load_model(self._plan, named.model, bundle, names=named.names)
            from golive.wiring.apart import load_version  # few servers isolate anything

            return load_version(self._plan, named, bundle, placement)

    def _beside(self, signature: Signature) -> dict[str, ServedModel]:
        """What a version is put together with, of all that serves."""
        serving = self._serving()
        signatures = {n: (m.alone or m).engine.signature for n, m in serving.items()}
        signatures[self._slot] = signature
        if not any(each.features for each in signatures.values()):
            return {}
        from golive.wiring.chains import chain_of  # few servers have chains

        names = chain_of(self._slot, signatures)
        return {name: model for name, model in serving.items() if name in names}

    def _together(self, model: ServedModel) -> ServedModel:
        """A version with those whose features it takes, and those that take its own.

        Raises:
            SourceUnavailableError: A file of looked-up values cannot be read, or the process of a
                source that serves does not run.
            ChainRefusedError: They do not go together.
        """
        signature = model.engine.signature
        if not (signature.features or self._beside(signature)):
            return model
        from golive.wiring.chains import rechain  # few servers have chains

        try:
            with _unread_says_nothing():
                return rechain(self._plan, self._serving(), model, slot=self._slot)
        except BaseException as error:
            if model.backend is not None:
                model.backend.close()
            elif isinstance(error, BackendError):  # of a source, which serves
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
            self._begun = (named.sha256, self._loaded(named, bundle, placement, takes_place=True))

    def forget(self) -> None:
        """End what was begun for a version that was tried, and is not asked for."""
        begun, self._begun = self._begun, None
        if begun is not None and begun[1].backend is not None:
            begun[1].backend.close()

    def _pull(self, named: Named) -> Bundle:
        try:
            return pull_named(named, verify=self._plan.verify)
        except (StoreUnavailableError, NoRoomError) as error:
            raise SourceUnavailableError(error.message, hint=error.hint, code=error.code) from error

    def _try_apart(
        self, named: Named, bundle: Bundle, beside: Mapping[str, ServedModel], seconds: float
    ) -> None:
        from golive.wiring.trial_process import TrialTask  # few versions are tried
        from golive.wiring.trials import try_apart

        task = TrialTask(
            path=str(bundle.source),
            name=named.model,
            label=named.label,
            seconds=seconds,
            plan=self._plan,
            slot=self._slot,
            beside={n: (m.name, m.bundle) for n, m in beside.items() if m.bundle is not None},
        )
        try_apart(task)


@contextmanager
def _unread_says_nothing() -> Iterator[None]:
    """Of a version, nothing is said by a file of looked-up values that cannot be read.

    Raises:
        SourceUnavailableError: There is one.
    """
    try:
        yield
    except UsageError as error:
        from golive.lookups.errors import LookupNotReadError  # few models look anything up

        if isinstance(error, LookupNotReadError):
            raise SourceUnavailableError(error.message, hint=error.hint) from error
        raise


def _is_program(model: ServedModel) -> bool:
    return model.facts.get("answers") == "compiled"


def _key(sha256: str, beside: Mapping[str, ServedModel]) -> str:
    """What a version is called beside these models, since it is tried with them."""
    if not beside:
        return sha256
    parts = [sha256, *(f"{name} {model.version}" for name, model in sorted(beside.items()))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def open_source(plan: ServePlan, named: Named, serving: Serving = dict) -> RegistrySource:
    """The versions of a followed reference; called in each worker."""
    canary = _canary_of(plan, named)
    has_served = canary is None or canary.refusal is None
    return RegistrySource(plan, named, serving, has_served=has_served)


def _canary_of(plan: ServePlan, named: Named) -> Canary | None:
    """What a version is to do as a candidate; None where it is the usual one."""
    canary = plan.canary
    if canary is None or canary.named.reference != named.reference:
        return None
    is_usual = any(each.reference == named.reference for each in plan.pinned.values())
    return None if is_usual else canary
