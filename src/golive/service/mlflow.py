"""MLflow's scoring protocol, whose paths are SageMaker's too: `/invocations` and `/ping`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golive.engine.answers import Fault
from golive.engine.envelope import Envelope
from golive.engine.json_body import read_json
from golive.engine.values import describe
from golive.service.answering import Question
from golive.service.calls import Call, Reply
from golive.service.context import ServiceContext
from golive.service.health import ready_reply
from golive.service.negotiation import is_csv_body
from golive.service.output_choice import (
    AnswerOptions,
    answer_options,
    null_predictions_reply_of,
)
from golive.service.problems import Problem, ProblemStyle, status_of
from golive.service.routes import Area, Endpoint, Route
from golive.service.served import ServedModel
from golive.service.table_records import TableReader, shape_error
from golive.signature.model import JsonValue
from golive.version import VERSION

__all__ = ["INPUT_KEYS", "mlflow_area", "mlflow_routes"]

INPUT_KEYS = ("dataframe_split", "dataframe_records", "instances", "inputs")
"""What a body may hold its records under."""

_OTHER_KEYS = ("params", "signature_name")  # the second is TensorFlow Serving's, and says nothing

_ERROR_CODES = {
    404: "ENDPOINT_NOT_FOUND",
    422: "INVALID_PARAMETER_VALUE",
    500: "INTERNAL_ERROR",
    503: "TEMPORARILY_UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


def _members(problem: Problem) -> dict[str, JsonValue]:
    error_code = _ERROR_CODES.get(status_of(problem.code), "BAD_REQUEST")
    return {"error_code": error_code, "message": problem.detail}


STYLE = ProblemStyle(members=_members)


def mlflow_routes(
    models: Sequence[ServedModel], context: ServiceContext
) -> Iterator[tuple[str, Route]]:
    """The paths of the protocol; `/invocations` is one of them where a single model is served."""
    endpoints = {"POST": Endpoint(handler=_invoke, effort="model", reads=("json", "csv"))}
    if len(models) == 1:
        yield "/invocations", Route("/invocations", endpoints, models[0], STYLE)
    for model in models:
        pattern = "/models/{name}/invocations"
        yield f"/models/{model.name}/invocations", Route(pattern, endpoints, model, STYLE)

    def ping(call: Call) -> Reply:
        return ready_reply(call, context, {"status": "ready"})

    yield "/ping", Route("/ping", {"GET": Endpoint(handler=ping, effort="instant")}, None, STYLE)
    version = {"GET": Endpoint(handler=_version, effort="instant", answers_json=False)}
    yield "/version", Route("/version", version, None, STYLE)


def mlflow_area(models: Sequence[ServedModel]) -> Area:
    """Where `/invocations` is looked for although several models are served, or none yet."""
    if len(models) < 2:
        return Area(path="/invocations", style=STYLE)
    instead = tuple(f"/models/{model.name}/invocations" for model in models)
    detail = f"Several models are served here; each has a path of its own: {', '.join(instead)}"
    return Area(
        path="/invocations",
        style=STYLE,
        explain=lambda _: detail,
        instead=instead,
    )


def _invoke(call: Call) -> Question:
    """Answer `POST /invocations`.

    Raises:
        RequestError: The body as a whole cannot be read.
    """
    decoder = call.served.engine.decoder
    if is_csv_body(call.request.headers.get("content-type")):
        decoded, options = decoder.decode_csv(call.body), AnswerOptions()
    else:
        parsed = read_json(call.body, nan_is_null=True)  # as MLflow's client writes it
        records, options = _records(call.served, parsed.value)
        envelope = Envelope(records=records, threshold=options.threshold, top=options.top)
        decoded = decoder.decode_envelope(
            envelope,
            has_infinity=parsed.has_infinity,
            may_be_deep=parsed.is_deep,
            size=len(call.body),
        )
    reply_of = null_predictions_reply_of(options, keys=("predictions",))
    return Question(call=call, decoded=decoded, reply_of=reply_of)


def _records(model: ServedModel, value: JsonValue) -> tuple[list[JsonValue | Fault], AnswerOptions]:
    given = [key for key in INPUT_KEYS if isinstance(value, dict) and key in value]
    unknown = sorted(value.keys() - {*INPUT_KEYS, *_OTHER_KEYS}) if given else []
    if len(given) != 1 or unknown:
        got = f"`{unknown[0]}` beside them" if unknown else describe(value)
        raise shape_error(
            f"The body must be an object with exactly one of {', '.join(INPUT_KEYS)}, and perhaps "
            f"`params`, got {got}.",
            hint='Send {"dataframe_split": {"columns": ["a"], "data": [[1]]}}.',
        )
    key, signature = given[0], model.engine.signature
    options = answer_options(value.get("params"), signature.output, key="params")
    reader = TableReader(signature, model.engine.decoder.check_size)
    table = value[key]
    if key == "dataframe_split":
        return reader.split(table, key), options
    return reader.rows_or_columns(table, key), options


def _version(call: Call) -> Reply:  # noqa: ARG001
    return Reply(body=VERSION.encode(), content_type="text/plain; charset=utf-8")
