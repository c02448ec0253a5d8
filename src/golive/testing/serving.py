"""Servers over fake models, for tests that need a real socket or a real worker process."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from golive.engine.answers import Answer
from golive.errors import BundleCorruptError
from golive.http.plan import ServePlan
from golive.service.served import ServedModel
from golive.testing.engines import FakeEngine
from golive.testing.services import fake_model

__all__ = [
    "load_corrupt_model",
    "load_fake_models",
    "load_fragile_model",
    "load_heavy_model",
    "load_leaking_model",
    "load_leaking_model_slowly",
    "load_slow_model",
]

_HEAVY = 200 * 1024 * 1024


def load_fake_models(plan: ServePlan) -> Mapping[str, ServedModel]:
    """A fake model for each name that the plan gives as a bundle."""
    return {name: fake_model(name) for name in plan.bundles}


def load_corrupt_model(plan: ServePlan) -> Mapping[str, ServedModel]:
    """Fails as a bundle does whose model file was changed."""
    raise BundleCorruptError(
        f"{plan.bundles[0]}: the file model/model.joblib is not the one that was packed.",
        file="model/model.joblib",
        hint="Pack it again.",
    )


def load_slow_model(plan: ServePlan) -> Mapping[str, ServedModel]:
    """A model that takes `x` seconds for each record."""
    engine = FakeEngine(model=_sleep)
    name = plan.bundles[0]
    return {name: ServedModel(name=name, version="slow", engine=engine)}


def load_fragile_model(plan: ServePlan) -> Mapping[str, ServedModel]:
    """A model that takes its whole process down where `x` is negative."""
    name = plan.bundles[0]
    return {name: ServedModel(name=name, version="fragile", engine=FakeEngine(model=_die))}


def load_leaking_model(plan: ServePlan) -> Mapping[str, ServedModel]:
    """A model that keeps `x` KiB of each record; where `x` is negative, it takes seconds."""
    held: list[bytearray] = []

    def leak(record: dict[str, float]) -> Answer:
        if record["x"] < 0:
            time.sleep(-record["x"])
            return Answer(score=record["x"])
        held.append(bytearray(int(record["x"] * 1024)))
        return Answer(score=record["x"])

    name = plan.bundles[0]
    return {name: ServedModel(name=name, version="leaking", engine=FakeEngine(model=leak))}


def load_leaking_model_slowly(plan: ServePlan) -> Mapping[str, ServedModel]:
    """The same, whose loading takes a second."""
    time.sleep(1.0)
    return load_leaking_model(plan)


def load_heavy_model(plan: ServePlan) -> Mapping[str, ServedModel]:
    """A model that has 200 MiB from its start."""
    weights = bytearray(_HEAVY)

    def weigh(record: dict[str, float]) -> Answer:
        return Answer(score=record["x"] + weights[0])

    name = plan.bundles[0]
    return {name: ServedModel(name=name, version="heavy", engine=FakeEngine(model=weigh))}


def _die(record: dict[str, float]) -> Answer:
    if record["x"] < 0:
        os._exit(7)
    return Answer(score=record["x"])


def _sleep(record: dict[str, float]) -> Answer:
    time.sleep(record["x"])
    return Answer(score=record["x"])
