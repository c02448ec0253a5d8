"""Bundles with planted faults: written as they are, without the proofs of packing."""

import dataclasses
import sys
from datetime import UTC, datetime

import cloudpickle
import msgspec
import pytest
from tests.checking import planted

from golive.bundle.contents import BundleContents
from golive.bundle.golden import GoldenRecord
from golive.bundle.manifest import ModelSpec
from golive.bundle.profile import Evaluation, Profile
from golive.bundle.writing import write_bundle
from golive.checking.dynamic import RunOptions, examine
from golive.engine.golden import answer_rows
from golive.engine.loading import engine_for
from golive.signature.model import Column, Output, Signature

CREATED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
EVALUATION = Evaluation(
    rows=20, skipped=0, metrics={"accuracy": 0.9}, baseline={}, baseline_name="mean"
)
COLUMNS = (
    Column(name="age", type="integer", dtype="int64", minimum=18, maximum=89, on_null="pass"),
    Column(
        name="income", type="number", dtype="float64", minimum=20.0, maximum=80.0, on_null="pass"
    ),
    Column(
        name="city",
        type="category",
        dtype="object",
        categories=("Bonn", "Köln", "Ulm"),
        on_null="pass",
    ),
    Column(name="note", type="text", dtype="object", on_null="pass"),
)
RECORDS = (
    {"age": 40, "income": 51.5, "city": "Bonn", "note": "one"},
    {"age": 71, "income": 44.0, "city": "Köln", "note": "two"},
    {"age": 23, "income": 63.25, "city": "Köln", "note": "three"},
    {"age": 55, "income": 58.0, "city": "Bonn", "note": "four"},
)
BINARY = Output(kind="binary", classes=("no", "yes"), positive="yes", label_source="argmax")
REGRESSION = Output(kind="regression")


def signature_for(estimator, output=None, **columns):
    """The signature of a planted model; columns changed as told."""
    changed = tuple(msgspec.structs.replace(c, **columns.get(c.name, {})) for c in COLUMNS)
    output = output or (BINARY if hasattr(estimator, "classes_") else REGRESSION)
    if output is BINARY and getattr(estimator, "predict_proba", None) is None:
        output = msgspec.structs.replace(BINARY, has_probabilities=False)
    return Signature(form="frame", columns=changed, output=output)


@pytest.fixture
def write(tmp_path):
    """Write a bundle of a planted estimator, its golden records answered by itself."""

    def run(
        estimator,
        *,
        columns=None,
        output=None,
        records=RECORDS,
        golden=None,
        name="planted",
        **changes,
    ):
        cloudpickle.register_pickle_by_value(planted)
        try:
            content = cloudpickle.dumps(estimator)
        finally:
            cloudpickle.unregister_pickle_by_value(planted)
        spec = ModelSpec(kind="sklearn", loader="pickle", file="model/model.pkl")
        staged = tmp_path / f"staged-{name}"
        (staged / "model").mkdir(parents=True)
        (staged / spec.file).write_bytes(content)
        signature = signature_for(estimator, output, **(columns or {}))
        if golden is None:
            answers = answer_rows(engine_for(staged, spec, signature), records)
            golden = tuple(map(GoldenRecord, records, answers))
        contents = BundleContents(
            name=name,
            model=spec,
            signature=signature,
            requirements=(),
            golden=golden,
            profile=Profile(rows=80, columns=(), evaluation=EVALUATION),
            card=f"# {name}\n",
            model_files={spec.file: content},
            python_version=".".join(map(str, sys.version_info[:3])),
        )
        destination = tmp_path / f"{name}.bundle"
        return write_bundle(
            dataclasses.replace(contents, **changes), destination, created_at=CREATED
        )

    return run


@pytest.fixture
def found():
    """Examine a bundle in this process; gives (severity, check, code, subject) of the faults."""

    def run(bundle, **options):
        return [
            (f.severity, f.check, f.code, f.subject)
            for f in examine(bundle, RunOptions(seconds=60, thread_seconds=0.2, **options))
            if f.severity != "ok"
        ]

    return run


@pytest.fixture
def write_function(tmp_path):
    """Write a bundle of a function model from its source."""

    def run(source, requests, *, json_schema=None, name="function"):
        spec = ModelSpec(kind="function", loader="python", file="code/model.py", function="predict")
        staged = tmp_path / f"staged-{name}"
        (staged / "code").mkdir(parents=True)
        (staged / spec.file).write_text(source)
        signature = Signature(
            form="object",
            columns=(),
            output=Output(kind="custom"),
            json_schema=json_schema or {"type": "object"},
        )
        answers = answer_rows(engine_for(staged, spec, signature), requests)
        contents = BundleContents(
            name=name,
            model=spec,
            signature=signature,
            requirements=(),
            golden=tuple(map(GoldenRecord, requests, answers)),
            profile=Profile(rows=len(requests), columns=()),
            card=f"# {name}\n",
            model_files={spec.file: source.encode()},
            python_version=".".join(map(str, sys.version_info[:3])),
        )
        destination = tmp_path / f"{name}.bundle"
        return write_bundle(contents, destination, created_at=CREATED)

    return run
