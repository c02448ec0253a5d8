"""The stage: which versions answer in a process, and their coming and going."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from golive.errors import BackendError, ModelLoadError
from golive.http.gateway import ServiceGateway
from golive.http.plan import slot_of_candidate
from golive.service.context import ServiceContext
from golive.service.protocols import Backend
from golive.service.served import ServedModel
from golive.service.service import Service

__all__ = ["Stage"]


class Stage:
    """The versions that answer. Changed from any one thread at a time.

    Args:
        gateway: Answers with them.
        context: What services need beside their models.
    """

    def __init__(self, gateway: ServiceGateway, context: ServiceContext) -> None:
        self._gateway = gateway
        self._context = context
        self._previous: Service | None = None
        self._candidate: ServedModel | None = None
        self._backends: dict[str, Backend] = {}

    def open(
        self, models: Mapping[str, ServedModel], *, candidate: ServedModel | None = None
    ) -> None:
        """Answer with these models from now on, and with the candidate of one of them."""
        self._candidate = candidate
        self._serve(Service(models, self._context))
        self._watch_candidate()
        for name, model in models.items():
            self._watch(name, model)
        self._context.readiness.start_serving()

    def serving(self) -> dict[str, ServedModel]:
        """The models by name, and the candidate of one of them by its slot."""
        models, candidate = dict(self._gateway.service.models), self._candidate
        if candidate is not None:
            models[slot_of_candidate(candidate.name)] = candidate
        return models

    def replace(self, model: ServedModel) -> None:
        """Answer with another version of a model; who asks for the one before still gets it.

        Models that take its features, and were put together with it, change with it at once.

        Raises:
            SourceUnavailableError: The process of a source of features cannot answer now.
            ModelLoadError: One does not answer its own golden record; then nothing changes.
        """
        changed = _without_takers(model)
        self._probe(*changed.values())
        self._previous = before = self._gateway.service
        if self._candidate is not None:
            self._candidate = changed.pop(slot_of_candidate(self._candidate.name), self._candidate)
        self._serve(Service({**before.models, **changed}, self._context))
        self._watch(model.name, model)

    def propose(self, model: ServedModel) -> None:
        """Let a candidate answer those requests of a model that are handed to it.

        Raises:
            SourceUnavailableError: The process of a source of features cannot answer now.
            ModelLoadError: It does not answer its own golden record; then nothing changes.
        """
        self._probe(model)
        self._candidate = model
        self._serve(self._gateway.service)
        self._watch_candidate()

    def let_go(self) -> None:
        """Forget the version before."""
        self._previous = None
        self._serve(self._gateway.service)

    def _watch_candidate(self) -> None:
        candidate = self._candidate
        if candidate is not None and candidate.backend is not None:
            from golive.http.candidates import process_teller  # few servers have one

            metrics = self._gateway.telemetry.metrics
            candidate.backend.watch(process_teller(metrics, candidate.name))

    def _serve(self, service: Service) -> None:
        model, candidate, described = self._candidate, None, [*service.models.values()]
        if model is not None:
            candidate = Service({**service.models, model.name: model}, self._context)
            described.append(model)
        self._gateway.telemetry.metrics.describe(described)
        previous = () if self._previous is None else (self._previous,)
        self._gateway.serve(service, candidate=candidate, also=previous)

    def _probe(self, *models: ServedModel) -> None:
        from golive.service.probing import probe  # most servers never do this

        try:
            for model in models:
                probe(model, self._context)
        except BaseException as error:
            backends = [model.backend for model in models if model.backend is not None]
            for backend in backends:
                backend.close()  # nobody else knows of it
            is_source = isinstance(error, ModelLoadError) and error.code == BackendError.code
            if is_source and not backends:  # of one that serves
                from golive.http.refreshing.source import SourceUnavailableError

                raise SourceUnavailableError(str(error)) from error
            raise

    def _watch(self, name: str, model: ServedModel) -> None:
        """Have the metrics tell of a model's process, which may be another one than before.

        Whether the model can be asked is told of the present one; crashes, of that before as well.
        """
        metrics, backend = self._gateway.telemetry.metrics, model.backend
        if backend is None:
            if self._backends.pop(name, None) is not None:
                metrics.backend_teller(name, lambda: True)("closed")
            return
        self._backends[name] = backend
        tell = metrics.backend_teller(name, lambda: self._backends.get(name) is backend)
        if not backend.is_running:
            tell("closed")
        backend.watch(tell)


def _without_takers(model: ServedModel) -> dict[str, ServedModel]:
    """A version and those that take its features, none of which keeps the others."""
    return {model.name: replace(model, takers={}), **model.takers}
