"""Bodies: JSON and CSV that a request may hold, decoded and answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from fuzzing.seeds import first_lines
from fuzzing.target import BrokenError, Target, same_twice
from golive.engine.answers import Answer, Fault
from golive.engine.decode import Decoder
from golive.engine.decoded import Decoded
from golive.engine.engine import Engine
from golive.errors import RequestError
from golive.signature.model import Column, Output, Signature
from golive.testing.models import FakeModel

__all__ = ["ENGINES", "TARGETS", "WIDE"]

_BINARY = Output(kind="binary", classes=("no", "yes"), positive="yes", threshold=0.5)
PLAIN = Signature(
    form="frame",
    columns=(
        Column(name="age", type="integer", dtype="int64", minimum=0, maximum=99),
        Column(name="fare", type="number", dtype="float64", on_null="pass"),
        Column(
            name="sex", type="category", dtype="object", categories=("m", "f"), on_unseen="error"
        ),
    ),
    output=_BINARY,
)
WIDE = Signature(
    form="frame",
    columns=(
        Column(name="age", type="integer", dtype="int8", on_range="error", minimum=0, maximum=99),
        Column(name="fare", type="number", dtype="float64", on_non_finite="null", on_null="pass"),
        Column(name="member", type="boolean", dtype="bool"),
        Column(name="city", type="category", dtype="object", categories=("Oslo", 1, True)),
        Column(name="since", type="datetime", dtype="datetime64[us]", on_null="pass"),
        Column(name="note", type="string", dtype="object", on_missing="null", on_null="pass"),
        Column(name="grid", type="vector", dtype="float64", shape=(2, 2)),
        Column(name="blob", type="bytes", dtype="object", max_bytes=100),
    ),
    output=Output(kind="multiclass", classes=(1, 2, 3)),
)
_TEXTS = Signature(
    form="series",
    columns=(Column(name="text", type="text", dtype="object"),),
    output=Output(kind="regression"),
)
_OBJECTS = Signature(form="object", columns=(), output=Output(kind="custom"))
_TYPED = Signature(form="object", columns=(), output=Output(kind="custom"))
_MOST_RECORDS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A typed request, as functions take them."""

    n: int
    share: float = 0.0
    names: tuple[str, ...] = ()
    at: datetime | None = None
    more: dict[str, list[int]] | None = None


def _engine(signature: Signature, request_type: type | None = None) -> Engine:
    decoder = Decoder(signature, request_type=request_type, max_records=_MOST_RECORDS)
    return Engine(signature, FakeModel(signature.output), decoder=decoder)


ENGINES = {
    "plain": _engine(PLAIN),
    "wide": _engine(WIDE),
    "texts": _engine(_TEXTS),
    "objects": _engine(_OBJECTS),
    "typed": _engine(_TYPED, Asked),
}


def check_json(body: bytes) -> None:
    """Every decoder reads the body or refuses it, quickly and slowly the same."""
    for engine in ENGINES.values():
        decoder = engine.decoder
        verdict = _verdict(engine, partial(decoder.decode_body, body))
        slowly = _verdict(engine, partial(decoder._decode_slowly, body))
        if verdict != slowly:
            raise BrokenError(f"quickly {verdict:.500}, slowly {slowly:.500}")


def check_csv(body: bytes) -> None:
    """Every decoder reads the table or refuses it."""
    for engine in ENGINES.values():
        _verdict(engine, partial(engine.decoder.decode_csv, body))


def _verdict(engine: Engine, decode: Callable[[], Decoded]) -> str:
    return same_twice(lambda: _answered(engine, decode()), RequestError)


def _answered(engine: Engine, decoded: Decoded) -> tuple[Decoded, list[Answer | Fault]]:
    answered = engine.answer(decoded)
    if len(answered) != decoded.size:
        raise BrokenError(f"{len(answered)} answers for {decoded.size} records")
    return decoded, answered


_RECORDS = (
    {"age": 30, "fare": 7.25, "sex": "f"},
    {
        "age": "30", "fare": 1e400, "member": "true", "city": "Oslo",
        "since": "2026-01-02T03:04:05Z", "grid": [[1, 2], [3, 4]], "blob": "AAEC",
    },
    {"text": "a word"},
    {"n": 1, "share": 0.5, "names": ["a"], "at": "2026-01-02T03:04:05Z", "more": {"a": [1]}},
)  # fmt: skip
_BODIES = (
    *(json.dumps(record).encode() for record in _RECORDS),
    json.dumps(_RECORDS).encode(),
    json.dumps({"records": _RECORDS[:1], "ids": ["a"], "threshold": 0.5, "top": 2}).encode(),
    b'"a word"',
    b'[{"age": 1e400, "fare": "nan", "sex": "\\ud800"}]',
    *first_lines("matching/requests.jsonl", 3).splitlines(),
)
_TABLES = (
    b"age,fare,sex\n30,7.25,f\n,,\n",
    (
        b"age,fare,member,city,since,note,grid,blob\n"
        b'1,2,true,Oslo,2026-01-02,"a ""b""","[[1,2],[3,4]]",AAEC\n'
    ),
    b'\xef\xbb\xbftext\r\n"a\nb"\r\n',
    b'n,share,names\n1,0.5,"[""a""]"\n',
    first_lines("income/train.csv", 3),
)
_WORDS = (
    b'"records"', b'"threshold"', b'"ids"', b'"top"', b'"age"', b'"fare"', b"null", b"true",
    b"1e400",
    b"NaN", b"Infinity", b"\\ud800", b"\\u0000", b"[[[[", b"]]]]", b'{"a":', b"-0", b"\xef\xbb\xbf",
    b"\xff", b"9223372036854775808",
)  # fmt: skip

TARGETS = {
    "json": Target(
        about="JSON bodies: each decoder, and what the engine makes of its records",
        check=check_json,
        seeds=_BODIES,
        words=_WORDS,
    ),
    "csv": Target(
        about="CSV bodies: each decoder, and what the engine makes of its records",
        check=check_csv,
        seeds=_TABLES,
        words=(b",", b'"', b'""', b"\r\n", b"\r", b"age", b"nan", b"NA", b"\x00", b"[[1,2],[3,4]]"),
    ),
}
