"""How a peer is asked: the body of a request, and where its answer holds the probabilities."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.cases import Case, Record

__all__ = ["BENTOML", "GOLIVE", "MLFLOW", "OPEN_INFERENCE", "TOLERANCE", "WEB", "Exchange"]

#: How far a probability may be from the model's own.
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One protocol.

    Attributes:
        path: That takes requests.
        body: Makes a request's body of a record.
        read: Finds the probabilities in an answer, by class or in the order of the classes.
        shape: `named` if they are by class, else `listed`.
        pattern: Finds the same text in the answer, as a pattern of Lua.
        label: Finds the label, where the protocol has one beside the probabilities.
    """

    path: Callable[[Case], str]
    body: Callable[[Case, Record], Any]
    read: Callable[[Any], Any]
    shape: str
    pattern: str
    label: Callable[[Any], Any] | None = None

    def encode(self, case: Case, record: Record) -> bytes:
        """The body of the request for a record."""
        return json.dumps(self.body(case, record), ensure_ascii=False).encode()

    def is_right(self, case: Case, number: int, answer: bytes) -> bool:
        """Whether an answer is what the model answers to a record: label and probabilities."""
        try:
            parsed = json.loads(answer)
            found = self.read(parsed)
            label = case.labels[number] if self.label is None else str(self.label(parsed))
            row = [found[name] for name in case.classes] if self.shape == "named" else found
            pairs = list(zip(row, case.probabilities[number], strict=True))
            near = all(abs(got - want) <= TOLERANCE for got, want in pairs)
        except (ValueError, LookupError, TypeError):
            return False
        # Without a label the caller takes the class with the largest probability.
        of_label = row[case.classes.index(case.labels[number])]
        return near and label == case.labels[number] and max(row) - of_label <= TOLERANCE


def _mlflow_body(case: Case, record: Record) -> Any:
    match case.kind:
        case "matrix":
            return {"inputs": [case.values(record)]}
        case "texts":
            return {"inputs": [record["text"]]}
        case _:
            return {"dataframe_split": {"columns": case.columns, "data": [case.values(record)]}}


def _bentoml_body(case: Case, record: Record) -> Any:
    match case.kind:
        case "matrix":
            return {"rows": [case.values(record)]}
        case "texts":
            return {"rows": [record["text"]]}
        case _:
            return {"rows": [record]}


def _open_inference_body(case: Case, record: Record) -> Any:
    outputs = [{"name": "predict_proba"}]
    match case.kind:
        case "matrix":
            shape = [1, len(case.columns)]
            tensor = _tensor("rows", "FP64", shape, case.values(record))
            return {"inputs": [tensor], "outputs": outputs}
        case "texts":
            text = _tensor("texts", "BYTES", [1, 1], [record["text"]], content_type="str")
            parameters = {"content_type": "str"}
            return {"parameters": parameters, "inputs": [text], "outputs": outputs}
        case _:
            columns = [_column(name, record[name], case) for name in case.columns]
            parameters = {"content_type": "pd"}
            return {"parameters": parameters, "inputs": columns, "outputs": outputs}


def _column(name: str, value: Any, case: Case) -> dict[str, Any]:
    if any(isinstance(record[name], str) for record in case.records):
        return _tensor(name, "BYTES", [1, 1], [value], content_type="str")
    return _tensor(name, "FP64", [1, 1], [value])


def _tensor(
    name: str, datatype: str, shape: list[int], data: list[Any], *, content_type: str | None = None
) -> dict[str, Any]:
    tensor: dict[str, Any] = {"name": name, "datatype": datatype, "shape": shape, "data": data}
    return (
        tensor if content_type is None else {**tensor, "parameters": {"content_type": content_type}}
    )


_BY_CLASS = r'"probabilities"%s*:%s*(%b{})'

GOLIVE = Exchange(
    path=lambda _: "/predict",
    body=lambda _, record: record,
    read=lambda answer: answer["predictions"][0]["probabilities"],
    shape="named",
    pattern=_BY_CLASS,
    label=lambda answer: answer["predictions"][0]["label"],
)
WEB = Exchange(
    path=lambda _: "/predict",
    body=lambda _, record: record,
    read=lambda answer: answer["probabilities"],
    shape="named",
    pattern=_BY_CLASS,
    label=lambda answer: answer["label"],
)
MLFLOW = Exchange(
    path=lambda _: "/invocations",
    body=_mlflow_body,
    read=lambda answer: answer["predictions"][0],
    shape="listed",
    pattern=r'"predictions"%s*:%s*(%b[])',
)
BENTOML = Exchange(
    path=lambda _: "/predict",
    body=_bentoml_body,
    read=lambda answer: answer[0],
    shape="listed",
    pattern="(%b[])",
)
OPEN_INFERENCE = Exchange(
    path=lambda case: f"/v2/models/{case.name}/infer",
    body=_open_inference_body,
    read=lambda answer: answer["outputs"][0]["data"],
    shape="listed",
    pattern=r'"data"%s*:%s*(%b[])',
)
