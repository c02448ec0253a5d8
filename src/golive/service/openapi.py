"""The OpenAPI 3.1 document: made from the signatures, with golden records as examples."""

from __future__ import annotations

from collections.abc import Sequence

from golive.service.openapi_protocols import protocol_paths, protocol_service_paths
from golive.service.openapi_responses import (
    HEADERS,
    PROBLEM_SCHEMAS,
    json_response,
    problem_responses,
    shared_responses,
)
from golive.service.query_parameters import query_parameters, takes_query
from golive.service.schemas import model_schemas
from golive.service.served import Example, ServedModel
from golive.signature.model import JsonValue

__all__ = ["openapi_document"]

_SCHEMAS = "#/components/schemas/"
_EXAMPLE_ID = "01890a5d-ac96-774b-bcce-b302099a8057"
_MOST_EXAMPLES = 3
_TAG = "golive"
_ANY_OBJECT = {"type": "object"}


def openapi_document(
    models: Sequence[ServedModel],
    *,
    is_whole: bool,
    has_metrics: bool = False,
    is_only: bool | None = None,
) -> dict[str, JsonValue]:
    """The document of some models.

    Args:
        models: The models whose paths are described.
        is_whole: Whether the paths that belong to no model are, too.
        has_metrics: Whether `/metrics` is one of them.
        is_only: Whether no other model is served, so that `/predict` asks this one; if None,
            whether it is one model.
    """
    is_only = len(models) == 1 if is_only is None else is_only
    paths: dict[str, JsonValue] = {}
    schemas: dict[str, JsonValue] = dict(PROBLEM_SCHEMAS)
    for model in models:
        schemas |= _model_components(model)
    if is_whole and is_only:
        paths["/predict"] = _predict_path(models[0], operation="predict")
    for model in models:
        paths |= _model_paths(model) | protocol_paths(model)
    if is_whole:
        paths |= _service_paths(has_metrics=has_metrics) | protocol_service_paths(
            models, is_only=is_only
        )
    return {
        "openapi": "3.1.0",
        "info": _info(models),
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": shared_responses(),
            "headers": HEADERS,
        },
    }


def _info(models: Sequence[ServedModel]) -> dict[str, JsonValue]:
    if len(models) == 1:
        return {
            "title": models[0].name,
            "version": models[0].version,
            "description": models[0].engine.signature.output.description
            or f"Predictions of the model {models[0].name}.",
        }
    names = ", ".join(model.name for model in models) or "none"
    return {
        "title": "golive",
        "version": "1",
        "description": f"Predictions of several models: {names}.",
    }


def _model_components(model: ServedModel) -> dict[str, JsonValue]:
    prefix = f"{model.name}."
    schemas: dict[str, JsonValue] = {}
    schemas |= model_schemas(model.engine.signature, pointer=_SCHEMAS, prefix=prefix)
    failed = {"$ref": f"{_SCHEMAS}FailedRecord"}
    schemas[f"{prefix}predictions"] = {
        "type": "object",
        "required": ["model", "version", "request_id", "predictions"],
        "properties": {
            "model": {"const": model.name},
            "version": {"const": model.version},
            "request_id": {"type": "string", "format": "uuid"},
            "predictions": {
                "type": "array",
                "description": "One entry a record, in the order of the request.",
                "items": {"anyOf": [{"$ref": f"{_SCHEMAS}{prefix}answer"}, failed]},
            },
        },
    }
    return schemas


def _model_paths(model: ServedModel) -> dict[str, JsonValue]:
    path = f"/models/{model.name}"
    about = "What is served: version, signature, card, and whether a compiled program answers."
    return {
        f"{path}/predict": _predict_path(model, operation=f"predict_{model.name}"),
        path: _page_path(f"about_{model.name}", about),
        f"{path}/openapi.json": _json_path(f"openapi_{model.name}", "This model's document."),
        f"{path}/schema.json": _json_path(
            f"schema_{model.name}", "The JSON Schema of a record; requests and answers in `$defs`."
        ),
    }


def _service_paths(*, has_metrics: bool) -> dict[str, JsonValue]:
    paths = {
        "/": _page_path("index", "Where everything is."),
        "/models": _json_path("models", "The models and their paths."),
        "/openapi.json": _json_path("openapi", "This document."),
        "/healthz": _json_path("healthz", "The process lives."),
        "/readyz": _json_path("readyz", "The models are loaded and requests are welcome."),
    }
    if has_metrics:
        paths["/metrics"] = _metrics_path()
    return paths


def _json_path(operation: str, summary: str) -> JsonValue:
    responses = {"200": json_response(summary, _ANY_OBJECT)} | problem_responses()
    described = {"operationId": operation, "summary": summary, "tags": [_TAG]}
    return {"get": described | {"responses": responses}}


def _page_path(operation: str, summary: str) -> JsonValue:
    """A path that answers with a page to a browser, and with JSON else."""
    path = _json_path(operation, f"{summary} To a browser, a page to try the model on.")
    path["get"]["responses"]["200"]["content"]["text/html"] = {"schema": {"type": "string"}}
    return path


def _metrics_path() -> JsonValue:
    path = _json_path("metrics", "Metrics in the text format of Prometheus.")
    text = {"text/plain": {"schema": {"type": "string"}}}
    path["get"]["responses"]["200"]["content"] = text
    return path


def _predict_path(model: ServedModel, *, operation: str) -> JsonValue:
    responses = {
        "200": json_response(
            "One answer or error a record, in the order of the request.",
            {"$ref": f"{_SCHEMAS}{model.name}.predictions"},
            _answer_examples(model),
        )
    }
    post = {
        "operationId": operation,
        "summary": f"Ask {model.name} about one record or many.",
        "tags": [_TAG],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": f"{_SCHEMAS}{model.name}.request"},
                    "examples": _request_examples(model),
                }
            },
        },
        "responses": responses | problem_responses(400, 415, 422),
    }
    get = {
        "operationId": f"{operation}_one",
        "summary": f"Ask {model.name} about one record, in the query.",
        "tags": [_TAG],
        "parameters": query_parameters(model.engine.signature),
        "responses": responses | problem_responses(400, 422),
    }
    return {"post": post, "get": get} if takes_query(model.engine.signature) else {"post": post}


def _request_examples(model: ServedModel) -> dict[str, JsonValue]:
    records = [example.record for example in _answered(model)[:_MOST_EXAMPLES]]
    if not records:
        return {"empty": {"value": []}}
    return {
        "one": {"value": records[0]},
        "several": {"value": records},
        "envelope": {"value": {"records": records, "ids": list(range(1, len(records) + 1))}},
    }


def _answer_examples(model: ServedModel) -> dict[str, JsonValue]:
    outputs = [example.output for example in _answered(model)[:_MOST_EXAMPLES]]
    with_ids = [{"id": key, **output} for key, output in enumerate(outputs, start=1)]
    if not outputs:
        return {"empty": _answer(model, [])}
    return {
        "one": _answer(model, outputs[:1]),
        "several": _answer(model, outputs),
        "envelope": _answer(model, with_ids),
    }


def _answered(model: ServedModel) -> list[Example]:
    return [
        example
        for example in model.examples
        if isinstance(example.output, dict) and "error" not in example.output
    ]


def _answer(model: ServedModel, predictions: list[JsonValue]) -> JsonValue:
    return {
        "model": model.name,
        "version": model.version,
        "request_id": _EXAMPLE_ID,
        "predictions": predictions,
    }
