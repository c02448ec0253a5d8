"""Models whose answers can be told beforehand, served by the real engine."""

from __future__ import annotations

import base64
from collections.abc import Callable
from io import BytesIO
from typing import Any

from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.runtimes.protocols import Batch, Outputs
from golive.service.served import Example, ServedModel
from golive.signature.model import Column, Output, Signature
from golive.signature.type_schema import type_schema

__all__ = [
    "HOSTILE",
    "LOAN",
    "digit_model",
    "echo_model",
    "hostile_model",
    "light_model",
    "loan_model",
    "pets_model",
    "png",
    "rooms_model",
    "wide_model",
]

HOSTILE = "<img src=x onerror=alert(1)>"


class RecordModel:
    """Answers each record, a tuple of its values, by a function."""

    def __init__(self, output: Output, answer: Callable[[tuple[Any, ...]], Any]) -> None:
        self._output = output
        self._answer = answer

    def predict(self, batch: Batch) -> Outputs:
        answers = [self._answer(record) for record in zip(*batch.columns, strict=True)]
        if self._output.classes:
            return Outputs(probabilities=answers)
        return Outputs(values=answers)


def served(
    name: str,
    signature: Signature,
    answer: Callable[[tuple[Any, ...]], Any],
    records: list[Any],
    **members: Any,
) -> ServedModel:
    """A served model; its golden records are `records`."""
    engine = Engine(signature, RecordModel(signature.output, answer), decoder=Decoder(signature))
    examples = tuple(Example(record, {"label": "as packed"}) for record in records)
    return ServedModel(
        name=name, version="0123456789ab", engine=engine, examples=examples, **members
    )


LOAN_COLUMNS = (
    Column(name="age", type="integer", dtype="int64", minimum=18, maximum=90, example=40),
    Column(
        name="income",
        type="number",
        dtype="float64",
        minimum=0.0,
        maximum=200_000.5,
        on_null="pass",
        description="Before tax, a year.",
    ),
    Column(
        name="purpose", type="category", dtype="str", categories=("car", "house"), on_null="pass"
    ),
    Column(name="term", type="category", dtype="int64", categories=(12, 24, 36), on_unseen="error"),
    Column(name="owner", type="boolean", dtype="object", on_null="pass"),
    Column(
        name="since",
        type="datetime",
        dtype="datetime64[us]",
        minimum="2001-02-03T04:05:06",
        maximum="2024-02-03T04:05:06",
    ),
    Column(name="employer", type="string", dtype="str", on_null="pass"),
    Column(name="history", type="vector", dtype="float64", length=3),
)
LOAN = {
    "age": 40,
    "income": 52_000.5,
    "purpose": "car",
    "term": 24,
    "owner": True,
    "since": "2020-05-06T07:08:09",
    "employer": 'O\'Hara & "Söhne"',
    "history": [1.0, 2.0, 3.5],
}
CARD = """---
license: mit
---

# loans

Says **who** pays back, see [the paper](https://example.org/p).

| column | means |
|---|---|
| `age` | in years \\| whole |

- one
- two

```sh
golive serve
```

## Owner

**TO FILL IN:** who answers for it
"""


def loan_model(
    *,
    threshold: float | None = None,
    before: Callable[[tuple[Any, ...]], object] = bool,
    name: str = "loans",
) -> ServedModel:
    """A binary classifier over columns of many types: P(paid) is the age in percent.

    Args:
        threshold: Of the signature.
        before: Is called with each record before it is answered.
        name: Of the model.
    """
    output = Output(
        kind="binary", classes=("lost", "paid"), positive="paid", threshold=threshold, name="loan"
    )

    def answer(record: tuple[Any, ...]) -> list[float]:
        before(record)
        share = min(1.0, record[0] / 100)
        return [1 - share, share]

    nothing = {**LOAN, "income": None, "purpose": None, "owner": None, "employer": None, "age": 60}
    facts = {
        "id": "0123456789abcdef" * 4,
        "created_at": "2026-01-02T03:04:05Z",
        "golive_version": "0.1.0",
        "python_version": "3.11.7",
        "kind": "sklearn",
        "answers": "compiled",
        "answers_because": "It is faster.",
        "requirements": ["scikit-learn==1.5.2"],
        "evaluation": {
            "rows": 1500,
            "skipped": 0,
            "metrics": {"accuracy": 0.91, "log_loss": 0.3},
            "baseline": {"accuracy": 0.6},
            "baseline_name": "majority class",
        },
    }
    signature = Signature(form="frame", columns=LOAN_COLUMNS, output=output)
    return served(name, signature, answer, [LOAN, nothing], card=CARD, facts=facts)


def pets_model() -> ServedModel:
    """A text classifier of 30 classes; the likeliest is the one of the text's length."""
    classes = tuple(f"pet_{number:02}" for number in range(30))
    output = Output(kind="multiclass", classes=classes)

    def answer(record: tuple[Any, ...]) -> list[float]:
        chosen = len(record[0]) % 30
        return [0.71 if at == chosen else 0.01 for at in range(30)]

    column = Column(name="story", type="text", dtype="str")
    signature = Signature(form="series", columns=(column,), output=output)
    return served("pets", signature, answer, [{"story": "meow"}, {"story": "woof woof"}])


def rooms_model() -> ServedModel:
    """A regression: rooms times 1,000."""
    output = Output(kind="regression", name="monthly_rent")
    column = Column(name="rooms", type="number", dtype="float64", minimum=1.0, maximum=9.0)
    signature = Signature(form="frame", columns=(column,), output=output)
    facts = {"score_quantiles": [1000.0 + 80 * at for at in range(101)]}
    records = [{"rooms": 3.0}]
    return served("rooms", signature, lambda record: record[0] * 1000, records, facts=facts)


def wide_model() -> ServedModel:
    """A regression over 250 columns; their sum."""
    columns = tuple(Column(name=f"x{at}", type="number", dtype="float64") for at in range(250))
    signature = Signature(form="frame", columns=columns, output=Output(kind="regression"))
    return served("wide", signature, sum, [{column.name: 1.0 for column in columns}])


def echo_model(**members: dict[str, Any]) -> ServedModel:
    """A function model whose request is flat; it answers the request itself, in a list.

    Args:
        members: Schemas of further members.
    """
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "share": {"type": "number"},
            "kind": {"enum": [1, 2, 3]},
            "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
            "is_new": {"type": "boolean", "default": False},
            **members,
        },
        "required": ["id", "share", "kind"],
    }
    output = Output(kind="custom")
    signature = Signature(form="object", columns=(), output=output, json_schema=schema)
    model = RecordModel(output, lambda record: [record[0]])
    engine = Engine(signature, model, decoder=Decoder(signature))
    example = {"id": 2**53 + 1, "share": 1.0, "kind": 2, "note": "a\nb"}
    return ServedModel(
        name="echo", version="0123456789ab", engine=engine, examples=(Example(example, {}),)
    )


def light_model() -> ServedModel:
    """A function model whose request is an image; it answers how light its first pixel is."""
    from PIL import Image

    output = Output(kind="custom")
    schema = type_schema(Image.Image)
    signature = Signature(form="object", columns=(), output=output, json_schema=schema)
    model = RecordModel(output, lambda record: {"light": record[0].getpixel((0, 0))})
    engine = Engine(signature, model, decoder=Decoder(signature, request_type=Image.Image))
    example = base64.b64encode(png(7)).decode()
    return ServedModel(
        name="light", version="0123456789ab", engine=engine, examples=(Example(example, {}),)
    )


def hostile_model() -> ServedModel:
    """A classifier all of whose names are markup."""
    output = Output(
        kind="binary", classes=(HOSTILE, "</script>"), positive=HOSTILE, name=HOSTILE,
        description=HOSTILE,
    )  # fmt: skip
    columns = (
        Column(name=HOSTILE, type="number", dtype="float64", description=HOSTILE),
        Column(name="__proto__", type="category", dtype="str", categories=(HOSTILE, "b")),
    )
    record = {HOSTILE: 1.0, "__proto__": HOSTILE}
    card = (
        f"# {HOSTILE}\n\n{HOSTILE} **{HOSTILE}** `{HOSTILE}` [x](javascript:alert(1))\n\n"
        f"| a |\n|---|\n| {HOSTILE} |\n"
    )
    signature = Signature(form="frame", columns=columns, output=output)
    facts = {"requirements": [HOSTILE], "created_at": HOSTILE, "kind": HOSTILE}
    return served(
        "hostile", signature, lambda record: [0.75, 0.25], [record], card=card, facts=facts
    )


def digit_model() -> ServedModel:
    """An image classifier: the darker the image's first pixel, the likelier it is night."""
    output = Output(kind="binary", classes=("day", "night"), positive="night")
    column = Column(name="picture", type="image", dtype="uint8", shape=(8, 8, 1), pixel_mode="L")
    signature = Signature(form="frame", columns=(column,), output=output)

    def answer(record: tuple[Any, ...]) -> list[float]:
        light = record[0].getpixel((0, 0)) / 255
        return [light, 1 - light]

    record = {"picture": base64.b64encode(png(255)).decode()}
    return served("sky", signature, answer, [record])


def png(shade: int) -> bytes:
    """A PNG of 8 by 8 pixels of one shade of grey."""
    from PIL import Image

    buffer = BytesIO()
    Image.new("L", (8, 8), shade).save(buffer, "PNG")
    return buffer.getvalue()
