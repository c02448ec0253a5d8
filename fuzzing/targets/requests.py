"""Requests: a method, a path, headers and a body, to every protocol of a service."""

from __future__ import annotations

import logging
from functools import partial
from urllib.parse import parse_qsl

import msgspec

from fuzzing.target import BrokenError, Target, same_twice
from fuzzing.targets.bodies import ENGINES
from golive.service.context import ServiceContext
from golive.service.exchange import Request, Response
from golive.service.served import ServedModel
from golive.service.service import Service

__all__ = ["TARGETS", "read_request"]

_ID = "00000000-0000-7000-8000-000000000001"
_JSON = ("application/json", "application/problem+json")


class _Kept(logging.Handler):
    """Keeps what the service calls a fault of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.error: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the error of a record that has one."""
        if record.exc_info is not None:
            self.error = record.exc_info[1]


def _logger(handler: logging.Handler) -> logging.Logger:
    logger = logging.getLogger("fuzzing")
    logger.propagate = False
    logger.addHandler(handler)
    return logger


_KEPT = _Kept()
_CONTEXT = ServiceContext(new_id=lambda: _ID, logger=_logger(_KEPT))
_SERVICES = {
    name: Service({"m": ServedModel(name="m", version="0123456789ab", engine=engine)}, _CONTEXT)
    for name, engine in ENGINES.items()
}

_NAMES = tuple(_SERVICES)


def read_request(data: bytes) -> Request | None:
    """A request as it is written in seeds: `METHOD TARGET`, headers, an empty line, the body."""
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    method, _, target = first.partition(" ")
    path, _, query = target.partition("?")
    if not (method.isascii() and method.isalpha() and method.isupper() and path.startswith("/")):
        return None
    pairs = (line.partition(": ") for line in lines)
    headers = {name.lower(): value for name, _, value in pairs if name}
    try:
        decoded = tuple(parse_qsl(query, keep_blank_values=True))
    except ValueError:
        return None
    return Request(method=method, path=path, query=decoded, headers=headers, body=body)


def check(data: bytes) -> None:
    """A service answers, or refuses with a problem, and nothing fails inside.

    Which one, of models of every form, the input decides.
    """
    request = read_request(data)
    if request is None:
        return
    name = _NAMES[sum(data) % len(_NAMES)]
    _KEPT.error = None
    same_twice(partial(_judged, _SERVICES[name], request, name), ())
    if _KEPT.error is not None:
        raise _KEPT.error


def _judged(service: Service, request: Request, name: str) -> Response:
    """The response, if it is one that may be given."""
    response = service.handle(request)
    if not 200 <= response.status < 500:
        if _KEPT.error is not None:
            raise _KEPT.error
        raise BrokenError(f"{name}: {response.status} {response.body[:300]!r}")
    headers = response.headers
    is_encoded = "content-encoding" in headers or request.method == "HEAD"
    if headers.get("content-type") in _JSON and not is_encoded:
        msgspec.json.decode(response.body)
    return response


def _seed(first: str, body: str = "", **headers: str) -> bytes:
    given = {"content-type": "application/json", "host": "127.0.0.1"}
    given |= {header.replace("_", "-"): value for header, value in headers.items()}
    lines = "".join(f"\n{header}: {value}" for header, value in given.items())
    return f"{first}{lines}\n\n{body}".encode()


_RECORD = '{"age": 30, "fare": 7.25, "sex": "f"}'
_SPLIT = '{"dataframe_split": {"columns": ["age", "fare", "sex"], "data": [[1, 2.5, "m"]]}}'
_TENSORS = (
    '{"inputs": [{"name": "age", "shape": [1], "datatype": "INT64", "data": [1]},'
    ' {"name": "fare", "shape": [1], "datatype": "FP64", "data": [0.5]},'
    ' {"name": "sex", "shape": [1], "datatype": "BYTES", "data": ["m"]}],'
    ' "parameters": {"output": "score"}, "outputs": [{"name": "label"}]}'
)

TARGETS = {
    "requests": Target(
        about="whole requests to a service: every path, protocol, header and body",
        check=check,
        seeds=(
            _seed("POST /predict", _RECORD, accept="application/json;q=0.5, */*"),
            _seed("POST /models/m/predict", f"[{_RECORD}]", x_request_id="a", accept_encoding=""),
            _seed("POST /predict", "age,fare,sex\n1,2,m\n", content_type="text/csv; charset=utf-8"),
            _seed("GET /predict?age=1&fare=2&sex=m&_threshold=0.5&_id=a"),
            _seed("POST /invocations", _SPLIT),
            _seed("POST /invocations", '{"dataframe_records": [' + _RECORD + "]}"),
            _seed("POST /invocations", '{"inputs": {"age": [1], "fare": [2], "sex": ["m"]}}'),
            _seed("POST /invocations", '{"instances": [' + _RECORD + '], "params": {"top": 2}}'),
            _seed("POST /v1/models/m:predict", '{"instances": ["a word"]}'),
            _seed("POST /v2/models/m/infer", _TENSORS),
            _seed("GET /v2/models/m/versions/0123456789ab/ready", golive_version="01234567"),
            _seed("OPTIONS /predict", origin="https://a.example", authorization="Bearer gl_"),
            _seed("GET /models/m/openapi.json", if_none_match='"a"', range="bytes=0-1"),
            _seed("HEAD /readyz", traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01"),
        ),
        words=(
            b"/predict", b"/invocations", b"/v1/models/m:predict", b"/v2/models/m/infer", b"\n\n",
            b'"inputs"', b'"instances"', b'"dataframe_split"', b'"columns"', b'"data"', b'"index"',
            b'"shape"', b'"datatype"', b'"BYTES"', b'"parameters"', b'"params"',
            b"content-encoding: ", b"gzip", b"zstd", b"accept: ", b"q=0", b"%ff", b"%00",
            b"golive-version: ",
        ),
    )
}  # fmt: skip
