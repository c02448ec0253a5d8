"""Probing: a service is asked one of its model's own golden records before others ask it."""

from __future__ import annotations

import msgspec

from golive.errors import ModelLoadError
from golive.service.exchange import Request
from golive.service.json_text import encode_json
from golive.service.served import ServedModel
from golive.service.service import Service

__all__ = ["probe"]


def probe(service: Service, model: ServedModel) -> None:
    """Make sure that a service answers a golden record of one of its models.

    Raises:
        ModelLoadError: It does not; its code is `no_answer`.
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
    context = msgspec.structs.replace(service.context, gatekeeper=None)  # nobody's key is at hand
    response = Service(service.models, context).handle(request)
    if response.status != 200:
        raise ModelLoadError(
            f"{model.name} {model.version} answers a golden record with {response.status}: "
            f"{response.body[:200].decode('utf-8', 'replace')}",
            code="no_answer",
        )
