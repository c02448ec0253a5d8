"""The stage: which versions answer in a process, and their coming and going."""

from __future__ import annotations

from collections.abc import Mapping

from golive.http.gateway import ServiceGateway
from golive.service.context import ServiceContext
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

    def open(
        self, models: Mapping[str, ServedModel], *, candidate: ServedModel | None = None
    ) -> None:
        """Answer with these models from now on, and with the candidate of one of them."""
        self._candidate = candidate
        self._serve(Service(models, self._context))
        for name, model in models.items():
            if model.backend is not None:
                model.backend.watch(self._gateway.telemetry.metrics.backend_teller(name))
        self._context.readiness.start_serving()

    def replace(self, model: ServedModel) -> None:
        """Answer with another version of a model; who asks for the one before still gets it.

        Raises:
            ModelLoadError: It does not answer its own golden record; then nothing changes.
        """
        self._probe(model)
        self._previous = before = self._gateway.service
        self._serve(Service({**before.models, model.name: model}, self._context))

    def propose(self, model: ServedModel) -> None:
        """Let a candidate answer those requests of a model that are handed to it.

        Raises:
            ModelLoadError: It does not answer its own golden record; then nothing changes.
        """
        self._probe(model)
        self._candidate = model
        self._serve(self._gateway.service)

    def let_go(self) -> None:
        """Forget the version before."""
        self._previous = None
        self._serve(self._gateway.service)

    def _serve(self, service: Service) -> None:
        model, candidate, described = self._candidate, None, [*service.models.values()]
        if model is not None:
            candidate = Service({**service.models, model.name: model}, self._context)
            described.append(model)
        self._gateway.telemetry.metrics.describe(described)
        previous = () if self._previous is None else (self._previous,)
        self._gateway.serve(service, candidate=candidate, also=previous)

    def _probe(self, model: ServedModel) -> None:
        from golive.service.probing import probe  # most servers never do this

        probe(model, self._context)
