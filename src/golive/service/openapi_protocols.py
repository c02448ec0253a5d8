"""What the OpenAPI document says of other projects' protocols."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from golive.engine.accepted_schema import accepted_schema
from golive.service.input_tensors import REQUEST_TENSOR
from golive.service.json_text import encode_json
from golive.service.model_versions import version_paths
from golive.service.openapi_responses import json_response, problem_responses
from golive.service.output_choice import output_names
from golive.service.output_tensors import CLASSES, input_metadata
from golive.service.served import Example, ServedModel
from golive.signature.json_schema import column_schema, record_schema
from golive.signature.model import Column, JsonValue, Output, Signature

__all__ = ["protocol_paths", "protocol_service_paths"]

_SCHEMAS = "#/components/schemas/"
_MLFLOW, _V1, _V2 = "MLflow", "TensorFlow Serving, KServe 1", "Open Inference Protocol"
_ANY_OBJECT: JsonValue = {"type": "object"}
_MOST_EXAMPLES = 3
_PREDICTIONS: JsonValue = {
    "type": "object",
    "required": ["predictions"],
    "properties": {
        "predictions": {"type": "array", "description": "One value a record; null if it failed."},
        "errors": {
            "type": "array",
            "description": "Why records failed.",
            "items": {
                "type": "object",
                "required": ["index", "code", "message"],
                "properties": {
                    "index": {"type": "integer", "minimum": 0},
                    "code": {"type": "string"},
                    "field": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
_TENSORS: JsonValue = {
    "type": "object",
    "required": ["model_name", "model_version", "id", "outputs"],
    "properties": {
        "outputs": {
            "type": "array",
            "items": {"type": "object", "required": ["name", "shape", "datatype", "data"]},
        }
    },
}


def protocol_service_paths(models: Sequence[ServedModel], *, is_only: bool) -> dict[str, JsonValue]:
    """The paths that belong to no model, and those of the only one."""
    paths: dict[str, JsonValue] = {}
    if is_only:
        paths["/invocations"] = _invocations(models[0], operation="invocations")
    return paths | {
        "/ping": _get("ping", "The models are loaded and requests are welcome.", _MLFLOW),
        "/version": _text("mlflow_version", "The version of golive."),
        "/v1/models": _get("v1_models", "The models' names.", _V1),
        "/v2": _get("v2", "The server's name and version.", _V2),
        "/v2/health/live": _get("v2_live", "The process lives.", _V2),
        "/v2/health/ready": _get("v2_ready", "Requests are welcome.", _V2),
    }


def protocol_paths(model: ServedModel) -> dict[str, JsonValue]:
    """The paths of one model, without its version and with any name of it."""
    name = model.name
    invocations = _invocations(model, operation=f"invocations_{name}")
    paths: dict[str, JsonValue] = {f"/models/{name}/invocations": invocations}
    for end, suffix, parameters in _places(model):
        v1, v2 = f"/v1/models/{name}{end}", f"/v2/models/{name}{end}"
        paths[v1] = _get(f"v1_status_{name}{suffix}", "How the model is.", _V1, parameters)
        paths[f"{v1}:predict"] = _v1_predict(model, f"v1_predict_{name}{suffix}", parameters)
        paths[v2] = _get(f"v2_about_{name}{suffix}", "The model's tensors.", _V2, parameters)
        paths[f"{v2}/ready"] = _get(
            f"v2_ready_{name}{suffix}", "Requests are welcome.", _V2, parameters
        )
        paths[f"{v2}/infer"] = _infer(model, f"v2_infer_{name}{suffix}", parameters)
    return paths


def _places(model: ServedModel) -> list[tuple[str, str, list[JsonValue]]]:
    names = [end.rpartition("/")[2] for end, _ in version_paths(model) if end]
    version: JsonValue = {
        "name": "version",
        "in": "path",
        "required": True,
        "description": "The version that is served: its short name or the bundle's whole id.",
        "schema": {"enum": names},
    }
    return [("", "", []), ("/versions/{version}", "_version", [version])]


def _get(
    operation: str, summary: str, tag: str, parameters: Sequence[JsonValue] = ()
) -> dict[str, JsonValue]:
    responses = {"200": json_response(summary, _ANY_OBJECT)} | _problems(tag)
    described = {"operationId": operation, "summary": summary, "tags": [tag]}
    return {"get": described | _parameters(parameters) | {"responses": responses}}


def _text(operation: str, summary: str) -> dict[str, JsonValue]:
    path = _get(operation, summary, _MLFLOW)
    path["get"]["responses"]["200"]["content"] = {"text/plain": {"schema": {"type": "string"}}}
    return path


def _post(
    operation: str,
    summary: str,
    tag: str,
    content: dict[str, JsonValue],
    answer: JsonValue,
    parameters: Sequence[JsonValue] = (),
) -> dict[str, JsonValue]:
    described = {"operationId": operation, "summary": summary, "tags": [tag]}
    responses = {"200": json_response(summary, answer)} | _problems(tag, 400, 415, 422)
    body = {"required": True, "content": content}
    return {
        "post": described | _parameters(parameters) | {"requestBody": body, "responses": responses}
    }


def _problems(tag: str, *statuses: int) -> dict[str, JsonValue]:
    return problem_responses(*statuses, is_problem_type=tag == _MLFLOW)


def _parameters(parameters: Sequence[JsonValue]) -> dict[str, JsonValue]:
    return {"parameters": list(parameters)} if parameters else {}


def _invocations(model: ServedModel, *, operation: str) -> dict[str, JsonValue]:
    records = _records(model)
    more: dict[str, JsonValue] = {"params": _options(model), "signature_name": {}}
    shapes = [_closed({key: records}, **more) for key in _RECORD_KEYS]
    if model.engine.signature.form != "object":
        shapes.append(_closed({"dataframe_split": _split(model)}, **more))
    examples = _examples(model)
    names = list(model.engine.signature.column_names)
    bodies = {"records": {"dataframe_records": examples}, "instances": {"instances": examples}}
    content = {"application/json": _content({"anyOf": shapes}, bodies)}
    if names:
        content["text/csv"] = {"schema": {"type": "string", "description": "With a header."}}
    return _post(
        operation,
        f"Ask {model.name} as MLflow's scoring server is asked; `inputs` may be columns, too.",
        _MLFLOW,
        content,
        _PREDICTIONS,
    )


def _v1_predict(
    model: ServedModel, operation: str, parameters: list[JsonValue]
) -> dict[str, JsonValue]:
    schema = _closed({"instances": _records(model)}, parameters=_options(model), signature_name={})
    content = _content(schema, {"instances": {"instances": _examples(model)}})
    return _post(
        operation,
        f"Ask {model.name} with rows (`instances`); columns may stand in `inputs` instead.",
        _V1,
        {"application/json": content},
        _PREDICTIONS,
        parameters,
    )


def _infer(model: ServedModel, operation: str, parameters: list[JsonValue]) -> dict[str, JsonValue]:
    signature = model.engine.signature
    names = list(output_names(signature.output))
    names += [CLASSES] if "probabilities" in names else []
    output = {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"enum": names}},
    }
    schema = _closed(
        {"inputs": _input_tensors(signature)},
        id={"type": ["string", "null"]},
        parameters=_options(model),
        outputs={"type": ["array", "null"], "items": output},
    )
    content = _content(schema, _tensor_examples(model))
    return _post(
        operation,
        f"Ask {model.name} with one tensor a column; one matrix of all columns is read, too.",
        _V2,
        {"application/json": content},
        _TENSORS,
        parameters,
    )


_RECORD_KEYS = ("dataframe_records", "instances", "inputs")


def _closed(required: dict[str, JsonValue], **optional: JsonValue) -> dict[str, JsonValue]:
    return {
        "type": "object",
        "required": list(required),
        "properties": required | optional,
        "additionalProperties": False,
    }


def _content(schema: JsonValue, bodies: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {"schema": schema, "examples": {name: {"value": body} for name, body in bodies.items()}}


def _records(model: ServedModel) -> JsonValue:
    record = {"$ref": f"{_SCHEMAS}{model.name}.request.one"}
    return _some_valid(record)


def _some_valid(item: JsonValue) -> JsonValue:
    """A list that is answered: all of it is valid, or at least one item."""
    return {"anyOf": [{"type": "array", "items": item}, {"type": "array", "contains": item}]}


def _split(model: ServedModel) -> JsonValue:
    signature = model.engine.signature
    looked_up = signature.looked_up
    names = [name for name in signature.column_names if name not in looked_up]
    names += signature.key_names
    properties = record_schema(_as_frame(signature), describe=accepted_schema)["properties"]
    row = {
        "type": "array",
        "prefixItems": [properties[name] for name in names],
        "items": False,
        "minItems": len(names),
    }
    return _closed({"columns": {"const": names}, "data": _some_valid(row)}, index={})


def _as_frame(signature: Signature) -> Signature:
    """The signature of the same columns, each under its name."""
    return Signature(
        form="frame",
        columns=signature.columns,
        output=signature.output,
        lookups=signature.lookups,
    )


def _options(model: ServedModel) -> JsonValue:
    output: Output = model.engine.signature.output
    properties: dict[str, JsonValue] = {"output": {"enum": [*output_names(output), None]}}
    if output.kind == "binary" and output.has_probabilities:
        properties["threshold"] = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
    if output.kind == "multiclass" and output.has_probabilities:
        properties["top"] = {"type": ["integer", "null"], "minimum": 1}
    return {
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": False,
    }


def _input_tensors(signature: Signature) -> JsonValue:
    """One tensor a column, in the order of the signature; any order is read."""
    if signature.form == "object":
        data: JsonValue = {"type": "array", "items": {"type": "string"}}
        tensors = [_tensor(REQUEST_TENSOR, "BYTES", data)]
    else:
        described = record_schema(_as_frame(signature), describe=_element)["properties"]
        described |= {key: {"type": ["string", "null"]} for key in signature.key_names}
        tensors = [
            _tensor(each["name"], each["datatype"], _data(described[each["name"]], each["shape"]))
            for each in sorted(input_metadata(signature), key=_is_looked_up(signature))
        ]
    return {
        "type": "array",
        "prefixItems": tensors,
        "items": False,
        "minItems": len(tensors) - len(signature.looked_up),
    }


def _is_looked_up(signature: Signature) -> Callable[[dict[str, JsonValue]], bool]:
    """Whether an input need not be sent: those stand behind the others."""
    looked_up = signature.looked_up
    return lambda each: each["name"] in looked_up


def _element(column: Column) -> dict[str, JsonValue]:
    """What a tensor holds of a column: the canonical type, which for bytes is a kind of text."""
    is_encoded = column.type in ("bytes", "image")
    return accepted_schema(column) if is_encoded else column_schema(column)


def _data(element: JsonValue, shape: list[int]) -> JsonValue:
    described = {"type": "array", "items": element}
    return described if len(shape) == 1 else described | {"description": "Nested, or flat."}


def _tensor(name: str, datatype: str, data: JsonValue) -> JsonValue:
    return {
        "type": "object",
        "required": ["name", "shape", "datatype", "data"],
        "properties": {
            "name": {"const": name},
            "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1},
            "datatype": {"const": datatype},
            "data": data,
        },
    }


def _answered(model: ServedModel) -> list[Example]:
    return [
        example
        for example in model.examples
        if isinstance(example.output, dict) and "error" not in example.output
    ][:_MOST_EXAMPLES]


def _examples(model: ServedModel) -> list[JsonValue]:
    return [example.record for example in _answered(model)]


def _tensor_examples(model: ServedModel) -> dict[str, JsonValue]:
    if model.engine.signature.form == "object":
        return _text_examples(model)
    records = [record for record in _examples(model) if isinstance(record, dict)]
    inputs = input_metadata(model.engine.signature)
    names = [each["name"] for each in inputs]
    if not records or not all(record.keys() >= set(names) for record in records):
        return {}
    size = len(records)
    tensors = [
        {**each, "shape": [size, *each["shape"][1:]], "data": [r[each["name"]] for r in records]}
        for each in inputs
    ]
    return {"columns": {"inputs": tensors}}


def _text_examples(model: ServedModel) -> dict[str, JsonValue]:
    """The requests of a function model, each as a text."""
    texts: list[JsonValue] = [encode_json(record).decode() for record in _examples(model)]
    tensor = {"name": REQUEST_TENSOR, "datatype": "BYTES", "shape": [len(texts)], "data": texts}
    return {"texts": {"inputs": [tensor]}} if texts else {}
