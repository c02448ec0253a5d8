"""Served models with the real engine around a fake model."""

from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.service.served import ServedModel
from golive.signature.model import Column, Output, Signature
from golive.testing.models import FakeModel

COLUMNS = (
    Column(name="age", type="integer", dtype="int64"),
    Column(name="fare", type="number", dtype="float64", on_null="pass"),
    Column(name="member", type="boolean", dtype="bool"),
    Column(name="city", type="category", dtype="object", categories=("Oslo", "Rome", "Bonn")),
)
RECORDS = [
    {"age": 30, "fare": 7.5, "member": True, "city": "Oslo"},
    {"age": 31, "fare": None, "member": False, "city": "Rome"},
    {"age": 32, "fare": -1.0, "member": True, "city": "Bonn"},
]
ROWS = [list(record.values()) for record in RECORDS]
BINARY = Output(kind="binary", classes=("no", "yes"), positive="yes", threshold=0.5)
MULTICLASS = Output(kind="multiclass", classes=(1, 2, 3))
ID = "0123456789abcdef" * 4
VERSION = ID[:12]


def real_model(
    *, output=BINARY, columns=COLUMNS, name="m", form="frame", lookups=(), **fake_options
):
    """A model of these columns whose answers depend on the record alone."""
    signature = Signature(form=form, columns=columns, output=output, lookups=lookups)
    decoder = Decoder(signature, max_records=50)
    engine = Engine(signature, FakeModel(output, **fake_options), decoder=decoder)
    return ServedModel(name=name, version=VERSION, engine=engine, facts={"id": ID})


def function_model(answer):
    """A function model of any JSON object."""
    output = Output(kind="custom")
    signature = Signature(form="object", columns=(), output=output)
    model = FakeModel(output, answers=lambda record: answer(record[0]))
    engine = Engine(signature, model, decoder=Decoder(signature))
    return ServedModel(name="f", version=VERSION, engine=engine)
