"""The native protocol: records in, one answer or error a record out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from golive.engine.answers import entry_to_json
from golive.service.answering import Outcome, Question
from golive.service.calls import Call, Reply
from golive.service.json_text import encode_json
from golive.service.query_parameters import takes_query
from golive.service.routes import Area, Endpoint, Route
from golive.service.served import ServedModel
from golive.signature.model import JsonValue

__all__ = ["native_area", "native_routes", "predict_from_body", "predict_from_query"]


def native_routes(models: Sequence[ServedModel]) -> Iterator[tuple[str, Route]]:
    """The paths that predict; `/predict` is one of them where a single model is served."""
    if len(models) == 1:
        yield "/predict", Route("/predict", _endpoints(models[0]), models[0])
    for model in models:
        route = Route("/models/{name}/predict", _endpoints(model), model)
        yield f"/models/{model.name}/predict", route


def native_area(models: Sequence[ServedModel]) -> Area:
    """Where `/predict` is looked for although several models are served."""
    instead = tuple(f"/models/{model.name}/predict" for model in models)
    detail = f"Several models are served here; each has a path of its own: {', '.join(instead)}"
    return Area(path="/predict", explain=lambda _: detail, instead=instead)


def predict_from_body(call: Call) -> Question:
    """Answer `POST /predict`: a record, a list of records or an envelope.

    Raises:
        RequestError: The body as a whole cannot be read.
    """
    decoded = call.served.engine.decoder.decode_body(call.body)
    return Question(call=call, decoded=decoded, reply_of=_reply)


def predict_from_query(call: Call) -> Question:
    """Answer `GET /predict`: one record of text values, options with a leading `_`.

    Raises:
        RequestError: The query as a whole cannot be read.
    """
    decoded = call.served.engine.decoder.decode_query(call.request.query)
    return Question(call=call, decoded=decoded, reply_of=_reply)


def _endpoints(model: ServedModel) -> dict[str, Endpoint]:
    predict = Endpoint(
        handler=predict_from_body, effort="model", reads=("json",), shortcut=_shortcut(model)
    )
    endpoints = {"POST": predict}
    if takes_query(model.engine.signature):
        endpoints["GET"] = Endpoint(handler=predict_from_query, effort="model")
    return endpoints


def _shortcut(model: ServedModel) -> Callable[[bytes, str], Reply | None] | None:
    """Replies as `predict_from_body` and what follows it, to bodies that are one plain record."""
    answer, name, version = model.engine.shortcut, model.name, model.version
    if answer is None:
        return None

    def reply(body: bytes, request_id: str) -> Reply | None:
        found = answer(body)
        if found is None:
            return None
        entry, out_of_range = found
        try:
            text = encode_json(
                {
                    "model": name,
                    "version": version,
                    "request_id": request_id,
                    "predictions": [entry_to_json(entry)],
                }
            )
        except Exception:  # noqa: BLE001 - the usual steps fail likewise, and make a reply of it
            return None
        return Reply(body=text, records=1, out_of_range=out_of_range)

    return reply


def _reply(call: Call, outcome: Outcome) -> Reply:
    model = call.served
    predictions = _predictions(outcome)
    problem = outcome.failure(told_in="predictions")
    if problem is None:
        return outcome.reply(
            {
                "model": model.name,
                "version": model.version,
                "request_id": call.request_id,
                "predictions": predictions,
            }
        )
    problem.members.update(model=model.name, version=model.version, predictions=predictions)
    return outcome.refusal(call, problem)


def _predictions(outcome: Outcome) -> list[JsonValue]:
    entries, ids = outcome.entries, outcome.decoded.options.ids
    if defaults := outcome.decoded.defaults:
        keys: Sequence[str | int | None] = ids or [None] * len(entries)
        pairs = enumerate(zip(entries, keys, strict=True))
        return [entry_to_json(entry, key, defaults.get(at, ())) for at, (entry, key) in pairs]
    if ids is None:
        return [entry_to_json(entry) for entry in entries]
    return [entry_to_json(entry, key) for entry, key in zip(entries, ids, strict=True)]
