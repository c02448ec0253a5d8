"""The Open Inference Protocol (KServe's version 2), in JSON over REST."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import msgspec

from golive.engine.answers import Answer
from golive.engine.envelope import Envelope
from golive.engine.json_body import read_json
from golive.engine.values import describe
from golive.service.answering import Outcome, Question
from golive.service.calls import Call, Reply
from golive.service.context import ServiceContext
from golive.service.exchange import Request
from golive.service.health import ready_reply
from golive.service.input_tensors import read_tensors, records_of
from golive.service.json_text import encode_json
from golive.service.model_versions import models_area, version_paths
from golive.service.output_choice import (
    AnswerOptions,
    answer_options,
    checked_output,
    defaults_to_json,
    fault_to_error,
    output_names,
)
from golive.service.output_tensors import (
    CLASSES,
    input_metadata,
    output_metadata,
    output_tensors,
)
from golive.service.problems import Problem, ProblemStyle
from golive.service.routes import Area, Effort, Endpoint, Handler, Route
from golive.service.served import ServedModel
from golive.service.table_records import shape_error
from golive.signature.model import JsonValue, Output
from golive.version import VERSION

__all__ = ["open_inference_area", "open_inference_health_routes", "open_inference_routes"]

_KEYS = frozenset({"id", "parameters", "inputs", "outputs"})
_NAMING_KEYS = frozenset({"model_name", "model_version"})  # KServe's client says it again
# What other servers read there: Triton's and MLServer's clients send it to any.
_HINTS = frozenset(
    {
        "binary_data_output",
        "content_type",
        "headers",
        "priority",
        "sequence_end",
        "sequence_id",
        "sequence_start",
        "timeout",
    }
)
_BINARY_HEADER = "inference-header-content-length"

STYLE = ProblemStyle(
    members=lambda problem: {"error": problem.detail}, content_type="application/json"
)
"""KServe's client shows `error` only of what is declared as plain JSON."""


def open_inference_health_routes(context: ServiceContext) -> Iterator[tuple[str, Route]]:
    """The paths that answer while the models are being loaded, too."""

    def live(call: Call) -> Reply:  # noqa: ARG001
        return Reply(body=encode_json({"live": True}))

    def ready(call: Call) -> Reply:
        return ready_reply(call, context, {"ready": True})

    yield "/v2/health/live", _get("/v2/health/live", live)
    yield "/v2/health/ready", _get("/v2/health/ready", ready)


def open_inference_routes(
    models: Sequence[ServedModel], context: ServiceContext
) -> Iterator[tuple[str, Route]]:
    """The paths of the server and of each model, without and with its version."""

    def ready(call: Call) -> Reply:
        return ready_reply(call, context, {"name": call.served.name, "ready": True})

    yield "/v2", _get("/v2", _server_metadata)
    infer = Endpoint(
        handler=_infer,
        effort="model",
        reads=("json",),
        may_omit_type=True,
        refuses=_binary_problem,
    )
    for model in models:
        for end, pattern_end in version_paths(model):
            path, pattern = f"/v2/models/{model.name}{end}", f"/v2/models/{{name}}{pattern_end}"
            yield path, _get(pattern, _model_metadata, model, effort="long")
            yield f"{path}/ready", _get(f"{pattern}/ready", ready, model)
            yield f"{path}/infer", Route(f"{pattern}/infer", {"POST": infer}, model, STYLE)


def open_inference_area(models: Sequence[ServedModel]) -> Area:
    """What is said of models and versions that are not served."""
    return models_area("/v2", models, STYLE)


def _get(
    pattern: str,
    handler: Handler,
    model: ServedModel | None = None,
    *,
    effort: Effort = "instant",
) -> Route:
    return Route(pattern, {"GET": Endpoint(handler=handler, effort=effort)}, model, STYLE)


def _server_metadata(call: Call) -> Reply:  # noqa: ARG001
    about: dict[str, JsonValue] = {"name": "golive", "version": VERSION, "extensions": []}
    return Reply(body=encode_json(about))


def _model_metadata(call: Call) -> Reply:
    model = call.served
    signature = model.engine.signature
    about = {
        "name": model.name,
        "versions": [model.version],
        "platform": "golive",
        "inputs": input_metadata(signature),
        "outputs": output_metadata(signature.output),
    }
    return Reply(body=encode_json(about))


def _binary_problem(request: Request) -> Problem | None:
    if _BINARY_HEADER not in request.headers:
        return None
    return Problem(
        code="unsupported_media_type",
        detail="Tensors in binary are not read here: send their data as JSON, without the header "
        "Inference-Header-Content-Length (binary_data=False in most clients).",
    )


class _Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller wants back: the id that it gave, options, and names of outputs."""

    key: str
    options: AnswerOptions
    outputs: tuple[str, ...]


def _infer(call: Call) -> Question:
    """Answer `POST /v2/models/{name}/infer`.

    Raises:
        RequestError: The body as a whole cannot be read.
    """
    model = call.served
    signature, decoder = model.engine.signature, model.engine.decoder
    parsed = read_json(call.body)
    body = _checked_body(parsed.value)
    wish = _wish(body, signature.output, call.request_id)
    read = records_of(read_tensors(body["inputs"]), signature, decoder.check_size)
    options = wish.options
    envelope = Envelope(records=read.records, threshold=options.threshold, top=options.top)
    has_infinity = parsed.has_infinity or read.has_infinity
    decoded = decoder.decode_envelope(
        envelope, has_infinity=has_infinity, may_be_deep=parsed.is_deep, size=len(call.body)
    )
    return Question(call=call, decoded=decoded, reply_of=partial(_reply, wish))


def _reply(wish: _Wish, call: Call, outcome: Outcome) -> Reply:
    model = call.served
    if outcome.faults:
        return outcome.refusal(call, _problem(outcome))
    answers = [entry for entry in outcome.entries if isinstance(entry, Answer)]
    output, top = model.engine.signature.output, outcome.decoded.options.top
    body: dict[str, JsonValue] = {
        "model_name": model.name,
        "model_version": model.version,
        "id": wish.key,
        "outputs": output_tensors(answers, wish.outputs, output, top=top),
    }
    if outcome.decoded.defaults:  # a parameter is a text, a number or a truth value
        text = encode_json(defaults_to_json(outcome.decoded.defaults)).decode()
        body["parameters"] = {"defaults": text}
    return outcome.reply(body)


def _checked_body(value: JsonValue) -> dict[str, JsonValue]:
    unknown = sorted(value.keys() - _KEYS - _NAMING_KEYS) if isinstance(value, dict) else []
    if not isinstance(value, dict) or "inputs" not in value or unknown:
        got = f"`{unknown[0]}` beside them" if unknown else describe(value)
        raise shape_error(
            "The body must be an object with `inputs`, and perhaps `id`, `parameters` and "
            f"`outputs`, got {got}."
        )
    return value


def _wish(body: dict[str, JsonValue], output: Output, request_id: str) -> _Wish:
    key = body.get("id")
    if key is not None and not isinstance(key, str):
        raise shape_error(f"`id` must be a text, got {describe(key)}.")
    options = answer_options(body.get("parameters"), output, key="parameters", ignored=_HINTS)
    by_itself = (options.output or output_names(output)[0],)
    outputs = _outputs(body.get("outputs"), output) or by_itself
    return _Wish(key=request_id if key is None else key, options=options, outputs=outputs)


def _outputs(asked: JsonValue, output: Output) -> tuple[str, ...]:
    listed = [] if asked is None else asked
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise shape_error(f"`outputs` must be a list of objects, got {describe(asked)}.")
    names = [item.get("name") for item in listed]
    has_classes = "probabilities" in output_names(output)
    return tuple(
        CLASSES if has_classes and name == CLASSES else checked_output(name, output)
        for name in names
    )


def _problem(outcome: Outcome) -> Problem:
    """Of the records that failed: a tensor has no null, so that no record is answered."""
    faults = outcome.faults
    index, first = next(iter(faults.items()))
    origins = {fault.origin for fault in faults.values()}
    code = "model_failed" if origins == {"model"} else "failed_records"
    if "time" in origins:  # to ask again may help
        code = "deadline_exceeded"
    more = f" ({len(faults) - 1} more failed; `errors` names each)" if len(faults) > 1 else ""
    return Problem(
        code=code,
        detail=f"Record {index}: {first.message}{more}",
        members={"errors": [fault_to_error(at, fault) for at, fault in faults.items()]},
    )
