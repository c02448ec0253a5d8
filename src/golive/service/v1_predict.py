"""The predict protocol of TensorFlow Serving and of KServe's version 1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golive.engine.envelope import Envelope
from golive.engine.json_body import read_json
from golive.engine.values import describe
from golive.service.answering import Question
from golive.service.calls import Call, Reply
from golive.service.context import ServiceContext
from golive.service.health import ready_reply
from golive.service.json_text import encode_json
from golive.service.model_versions import models_area, version_paths
from golive.service.output_choice import answer_options, null_predictions_reply_of
from golive.service.problems import ProblemStyle
from golive.service.routes import Area, Endpoint, Route
from golive.service.served import ServedModel
from golive.service.table_records import TableReader, shape_error
from golive.signature.model import JsonValue

__all__ = ["v1_area", "v1_routes"]

_KEYS = frozenset({"instances", "inputs", "signature_name", "parameters"})

STYLE = ProblemStyle(
    members=lambda problem: {"error": problem.detail}, content_type="application/json"
)
"""KServe's client shows `error` only of what is declared as plain JSON."""


def v1_routes(
    models: Sequence[ServedModel], context: ServiceContext
) -> Iterator[tuple[str, Route]]:
    """The paths of the protocol."""

    def status(call: Call) -> Reply:
        return ready_reply(call, context, _status(call.served))

    def listing(call: Call) -> Reply:  # noqa: ARG001
        return Reply(body=encode_json({"models": [model.name for model in models]}))

    listed = {"GET": Endpoint(handler=listing, effort="instant")}
    yield "/v1/models", Route("/v1/models", listed, None, STYLE)
    predict = {"POST": Endpoint(handler=_predict, effort="model", reads=("json",))}
    about = {"GET": Endpoint(handler=status, effort="instant")}
    for model in models:
        for end, pattern_end in version_paths(model):
            path, pattern = f"/v1/models/{model.name}{end}", f"/v1/models/{{name}}{pattern_end}"
            yield path, Route(pattern, about, model, STYLE)
            yield f"{path}:predict", Route(f"{pattern}:predict", predict, model, STYLE)


def v1_area(models: Sequence[ServedModel]) -> Area:
    """What is said of models and versions that are not served."""
    return models_area("/v1", models, STYLE)


def _status(model: ServedModel) -> dict[str, JsonValue]:
    """Of a model: what KServe's clients read, and what TensorFlow Serving's do."""
    state = {"error_code": "OK", "error_message": ""}
    version = {"version": model.version, "state": "AVAILABLE", "status": state}
    return {"name": model.name, "ready": True, "model_version_status": [version]}


def _predict(call: Call) -> Question:
    """Answer `POST /v1/models/{name}:predict`.

    Raises:
        RequestError: The body as a whole cannot be read.
    """
    model = call.served
    signature, decoder = model.engine.signature, model.engine.decoder
    parsed = read_json(call.body)
    key = _input_key(parsed.value)
    options = answer_options(parsed.value.get("parameters"), signature.output, key="parameters")
    reader = TableReader(signature, decoder.check_size)
    records = reader.rows_or_columns(parsed.value[key], key)
    envelope = Envelope(records=records, threshold=options.threshold, top=options.top)
    decoded = decoder.decode_envelope(
        envelope,
        has_infinity=parsed.has_infinity,
        may_be_deep=parsed.is_deep,
        size=len(call.body),
    )
    keys = ("predictions", "outputs") if key == "inputs" else ("predictions",)
    reply_of = null_predictions_reply_of(options, keys=keys)
    return Question(call=call, decoded=decoded, reply_of=reply_of)


def _input_key(value: JsonValue) -> str:
    given = [key for key in ("instances", "inputs") if isinstance(value, dict) and key in value]
    unknown = sorted(value.keys() - _KEYS) if given else []
    if len(given) == 1 and not unknown:
        return given[0]
    got = f"`{unknown[0]}` beside them" if unknown else describe(value)
    raise shape_error(
        "The body must be an object with either `instances` (a list of records) or `inputs` (an "
        f"object of columns), and perhaps `parameters`, got {got}.",
        hint='Send {"instances": [{"column": 1}]}.',
    )
