"""The catalogue: which models are served, and what is known of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from golive.service.calls import Call, Reply
from golive.service.json_text import encode_json
from golive.service.page.routes import page_endpoint
from golive.service.routes import Route, get_route
from golive.service.schemas import DIALECT, model_schemas
from golive.service.served import ServedModel
from golive.signature.model import JsonValue

__all__ = ["Catalog", "catalog_routes"]


class Catalog:
    """Answers what is asked about the models rather than of them."""

    def __init__(
        self,
        models: Sequence[ServedModel],
        *,
        has_metrics: bool,
        needs_key: Callable[[], bool],
    ) -> None:
        self._models = tuple(models)
        self._has_metrics = has_metrics
        self._needs_key = needs_key
        self._documents: dict[tuple[str, bool], bytes] = {}

    def index(self, call: Call) -> Reply:  # noqa: ARG002
        """Answer `/`: where everything is."""
        links = ["/models", "/docs", "/openapi.json", "/healthz", "/readyz"]
        if self._has_metrics:
            links.append("/metrics")
        models = [_summary(model) for model in self._models]
        return Reply(body=encode_json({"status": "alive", "models": models, "links": links}))

    def models(self, call: Call) -> Reply:  # noqa: ARG002
        """Answer `/models`: every model with its paths."""
        return Reply(body=encode_json({"models": [_summary(model) for model in self._models]}))

    def model(self, call: Call) -> Reply:
        """Answer `/models/{name}`: version, signature, golden records, bundle and card."""
        model = call.served
        about = _summary(model) | {
            "signature": msgspec.to_builtins(model.engine.signature),
            "examples": [msgspec.to_builtins(example) for example in model.examples],
            "bundle": model.facts,
            "card": model.card,
        }
        return Reply(body=encode_json(about))

    def schema(self, call: Call) -> Reply:
        """Answer `/models/{name}/schema.json`: a JSON Schema of one record.

        Its `$defs` hold those of the request and of the answer, too.
        """
        model = call.served
        document = {
            "$schema": DIALECT,
            "title": model.name,
            "$ref": "#/$defs/record",
            "$defs": model_schemas(model.engine.signature, pointer="#/$defs/"),
        }
        return Reply(body=encode_json(document))

    def openapi(self, call: Call) -> Reply:
        """Answer `/openapi.json`: every path of the service."""
        name = "" if call.model is None else call.model.name
        locked = self._needs_key()
        if (name, locked) not in self._documents:
            self._documents[name, locked] = self._build(call.model, locked=locked)
        return Reply(body=self._documents[name, locked])

    def _build(self, model: ServedModel | None, *, locked: bool) -> bytes:
        # Imported when it is asked for: it takes a while that every start would have to wait.
        from golive.service.openapi import openapi_document

        models = self._models if model is None else (model,)
        has_metrics = self._has_metrics and model is None
        document = openapi_document(models, is_whole=model is None, has_metrics=has_metrics)
        if locked:
            from golive.service.openapi_security import secured

            document = secured(document)
        return encode_json(document)


def catalog_routes(
    models: Sequence[ServedModel], *, has_metrics: bool, needs_key: Callable[[], bool]
) -> Iterator[tuple[str, Route]]:
    """The paths that tell of the models."""
    catalog = Catalog(models, has_metrics=has_metrics, needs_key=needs_key)
    yield "/", Route("/", {"GET": page_endpoint(catalog.index, root="./")})
    yield "/openapi.json", get_route("/openapi.json", catalog.openapi)
    yield "/models", get_route("/models", catalog.models)
    for model in models:
        path, pattern = f"/models/{model.name}", "/models/{name}"
        about = page_endpoint(catalog.model, root="../")
        yield path, Route(pattern, {"GET": about}, model)
        for suffix, handler in (
            ("/openapi.json", catalog.openapi),
            ("/schema.json", catalog.schema),
        ):
            yield path + suffix, get_route(pattern + suffix, handler, model)


def _summary(model: ServedModel) -> dict[str, JsonValue]:
    path = f"/models/{model.name}"
    features = {"features": model.features} if model.features else {}
    return features | {
        "name": model.name,
        "version": model.version,
        "kind": model.engine.signature.output.kind,
        "drifted": model.drifted,
        "paths": {
            "about": path,
            "predict": f"{path}/predict",
            "openapi": f"{path}/openapi.json",
            "schema": f"{path}/schema.json",
        },
    }
