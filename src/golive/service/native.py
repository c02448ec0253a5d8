"""The native protocol: records in, one answer or error a record out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from golive.engine.answers import Answer, Fault, entry_to_json
from golive.service.json_text import encode_json
from golive.service.problems import PROBLEM_TYPE, Problem, problem_body, status_of
from golive.service.protocols import DecodedRequest
from golive.service.query_parameters import takes_query
from golive.service.routes import Call, Endpoint, Reply, Route
from golive.service.served import ServedModel
from golive.signature.model import JsonValue

__all__ = ["native_routes", "predict_from_body", "predict_from_query"]


def native_routes(models: Sequence[ServedModel]) -> Iterator[tuple[str, Route]]:
    """The paths that predict; `/predict` is one of them where a single model is served."""
    if len(models) == 1:
        yield "/predict", Route("/predict", _endpoints(models[0]), models[0])
    for model in models:
        route = Route("/models/{name}/predict", _endpoints(model), model)
        yield f"/models/{model.name}/predict", route


def predict_from_body(call: Call) -> Reply:
    """Answer `POST /predict`: a record, a list of records or an envelope.

    Raises:
        RequestError: The body as a whole cannot be read.
    """
    model = _model_of(call)
    return _answer(call, model, model.engine.decoder.decode_body(call.request.body))


def predict_from_query(call: Call) -> Reply:
    """Answer `GET /predict`: one record of text values, options with a leading `_`.

    Raises:
        RequestError: The query as a whole cannot be read.
    """
    model = _model_of(call)
    return _answer(call, model, model.engine.decoder.decode_query(call.request.query))


def _endpoints(model: ServedModel) -> dict[str, Endpoint]:
    endpoints = {"POST": Endpoint(handler=predict_from_body, reads_json=True)}
    if takes_query(model.engine.signature):
        endpoints["GET"] = Endpoint(handler=predict_from_query)
    return endpoints


def _model_of(call: Call) -> ServedModel:
    if call.model is None:
        raise LookupError("This route answers for no model.")
    return call.model


def _answer(call: Call, model: ServedModel, decoded: DecodedRequest) -> Reply:
    entries = model.engine.answer(decoded)
    if len(entries) != decoded.size:
        raise RuntimeError(f"The engine gave {len(entries)} entries for {decoded.size} records.")
    predictions = _predictions(entries, decoded.options.ids)
    faults = [entry for entry in entries if isinstance(entry, Fault)]
    codes = Counter(fault.code for fault in faults)
    problem = _problem(entries, faults)
    if problem is None:
        status, content_type = 200, "application/json"
        body = encode_json(
            {
                "model": model.name,
                "version": model.version,
                "request_id": call.request_id,
                "predictions": predictions,
            }
        )
    else:
        status, content_type = status_of(problem.code), PROBLEM_TYPE
        problem.members.update(model=model.name, version=model.version, predictions=predictions)
        body = problem_body(problem, call.request_id)
        codes[problem.code] += 1
    return Reply(
        status=status,
        content_type=content_type,
        body=body,
        records=decoded.size,
        failed=len(faults),
        codes=dict(codes),
        extra_columns=decoded.extra_columns,
        out_of_range=decoded.out_of_range,
    )


def _predictions(
    entries: Sequence[Answer | Fault], ids: tuple[str | int, ...] | None
) -> list[JsonValue]:
    if ids is None:
        return [entry_to_json(entry) for entry in entries]
    return [entry_to_json(entry, key) for entry, key in zip(entries, ids, strict=True)]


def _problem(entries: Sequence[Answer | Fault], faults: list[Fault]) -> Problem | None:
    if not faults or len(faults) < len(entries):
        return None
    culprit = next((fault for fault in faults if fault.origin == "model"), None)
    code = "invalid_records" if culprit is None else "model_failed"
    first = culprit or faults[0]
    if len(faults) == 1:
        return Problem(code=code, detail=first.message)
    return Problem(
        code=code,
        detail=f"None of the {len(faults)} records could be answered; `predictions` says why "
        f"for each. The first: {first.message}",
    )
