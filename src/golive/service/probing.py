"""Probing: a model is asked one of its own golden records, as others will ask it."""

from __future__ import annotations

import msgspec

from golive.errors import BackendError, ModelLoadError
from golive.service.context import ServiceContext
from golive.service.exchange import Request
from golive.service.json_text import encode_json
from golive.service.served import ServedModel
from golive.service.service import Service

__all__ = ["probe"]

_OF_BACKENDS = frozenset({BackendError.code, "backend_crashed"})


def probe(model: ServedModel, context: ServiceContext) -> None:
    """Make sure that a service of a model answers one of its golden records.

    Args:
        model: The model.
        context: What its service will have beside it; no key is needed here.

    Raises:
        ModelLoadError: It does not; its code is `no_answer`, or that of `BackendError` where a
            process that it asks could not answer.
    """
    answered = (e for e in model.examples if isinstance(e.output, dict) and "error" not in e.output)
    example = next(answered, None)
    if example is None:
        return
    request = Request(
        method="POST",
        path=f"/models/{model.name}/predict",
        headers={"host": "localhost", "content-type": "application/json"},
        body=encode_json([example.record]),
    )
    open_to_all = msgspec.structs.replace(context, gatekeeper=None)  # nobody's key is at hand
    response = Service({model.name: model}, open_to_all).handle(request)
    if response.status != 200:
        is_there = _OF_BACKENDS.isdisjoint(response.facts.codes)
        raise ModelLoadError(
            f"{model.name} {model.version} answers a golden record with {response.status}: "
            f"{response.body[:200].decode('utf-8', 'replace')}",
            code="no_answer" if is_there else BackendError.code,
        )
