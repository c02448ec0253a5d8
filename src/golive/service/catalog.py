"""The catalogue: which models are served, and what is known of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from golive.service.calls import Call, Reply
from golive.service.json_text import encode_json
from golive.service.page.routes import page_endpoint
from golive.service.routes import Endpoint, Handler, Route, get_route
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
        self._documents: dict[tuple[tuple[str, ...], bool, bool], bytes] = {}

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
        """Answer `/openapi.json`: every path of the service, or of the model."""
        if call.model is not None:
            return self._document((call.model,), is_whole=False)
        return self._document(self._models, is_whole=True)

    def openapi_of(self, allows: Callable[[str], bool]) -> Handler:
        """What answers `/openapi.json` with the models that a key may ask, and no others."""
        allowed = tuple(model for model in self._models if allows(model.name))
        return lambda _: self._document(allowed, is_whole=True)

    def _document(self, models: tuple[ServedModel, ...], *, is_whole: bool) -> Reply:
        name = tuple(model.name for model in models), is_whole, self._needs_key()
        if name not in self._documents:
            self._documents[name] = self._build(models, is_whole=is_whole, locked=name[2])
        return Reply(body=self._documents[name])

    def _build(self, models: tuple[ServedModel, ...], *, is_whole: bool, locked: bool) -> bytes:
        # Imported when it is asked for: it takes a while that every start would have to wait.
        from golive.service.openapi import openapi_document

        document = openapi_document(
            models,
            is_whole=is_whole,
            has_metrics=self._has_metrics and is_whole,
            is_only=len(models) == len(self._models) == 1,
        )
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
    whole = Endpoint(handler=catalog.openapi, for_models=catalog.openapi_of)
    yield "/openapi.json", Route("/openapi.json", {"GET": whole})
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
