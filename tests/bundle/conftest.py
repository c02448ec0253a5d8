"""A small bundle that needs no model library, and where tests keep their cache."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from golive.bundle.contents import BundleContents
from golive.bundle.golden import GoldenRecord
from golive.bundle.manifest import ModelSpec
from golive.bundle.profile import ColumnProfile, Profile
from golive.bundle.writing import write_bundle
from golive.signature.model import Column, Output, Signature

CREATED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def _make_contents(**changes) -> BundleContents:
    contents = BundleContents(
        name="income",
        model=ModelSpec(kind="sklearn", loader="joblib", file="model/model.joblib"),
        signature=Signature(
            form="frame",
            columns=(Column(name="age", type="integer", dtype="int64", minimum=17, maximum=90),),
            output=Output(kind="binary", classes=(0, 1), positive=1),
        ),
        requirements=("scikit-learn==1.5.2", "joblib==1.4.2"),
        golden=(
            GoldenRecord({"age": 39}, {"label": 0, "score": 0.25}),
            GoldenRecord({"age": None}, {"error": {"code": "null_not_allowed", "message": "…"}}),
        ),
        profile=Profile(rows=2, columns=(ColumnProfile(name="age", count=2, nulls=1),)),
        card="# income\n",
        model_files={"model/model.joblib": b"not a model", "code/steps.py": b"STEPS = 1\n"},
        python_version="3.11.7",
        tolerance=1e-6,
    )
    return replace(contents, **changes)


@pytest.fixture
def contents():
    return _make_contents


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def bundle(tmp_path, cache):
    return write_bundle(_make_contents(), tmp_path / "income.bundle", created_at=CREATED)


@pytest.fixture
def archive(tmp_path, cache):
    path = tmp_path / "income.bundle.zip"
    write_bundle(_make_contents(), path, created_at=CREATED, cache=cache)
    return path
