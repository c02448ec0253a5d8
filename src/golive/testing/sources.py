"""A source of versions that a test moves, for what follows references."""

from __future__ import annotations

from golive.engine.answers import Answer
from golive.http.plan import Named
from golive.service.served import Example, ServedModel
from golive.testing.engines import FakeEngine

__all__ = ["FakeSource", "fake_named", "fake_version"]


def fake_named(version: int) -> Named:
    """A version of the model `sum`, as `sum@prod` names it."""
    return Named(reference="sum@prod", model="sum", version=version, sha256=f"{version:064x}")


def fake_version(version: int) -> ServedModel:
    """The model `sum` that answers `version` times `x`; its short id is the version's number."""
    engine = FakeEngine(model=lambda record: Answer(score=version * record["x"]))
    return ServedModel(
        name="sum",
        version=str(version),
        engine=engine,
        examples=(Example({"x": 2.0}, {"score": 2.0 * version}),),
        facts={"id": f"{version}-whole-id"},
    )


class FakeSource:
    """A `ModelSource` of fake versions.

    Attributes:
        version: The one that the reference names.
        unavailable: Raised instead of telling it, if not None.
        refused: Raised instead of loading a version, by version.
        looks: How often it was asked.
        loads: The versions that were asked for.
        untried: Raised when a version is tried, by version.
        tries: The versions that were tried.
    """

    def __init__(self, version: int) -> None:
        self.version = version
        self.unavailable: Exception | None = None
        self.refused: dict[int, BaseException] = {}
        self.looks = 0
        self.loads: list[int] = []
        self.untried: dict[int, BaseException] = {}
        self.tries: list[int] = []

    def look(self) -> Named:
        """The version."""
        self.looks += 1
        if self.unavailable is not None:
            raise self.unavailable
        return fake_named(self.version)

    def try_out(self, named: Named) -> None:
        """Nothing, unless a test says otherwise."""
        self.tries.append(named.version)
        if named.version in self.untried:
            raise self.untried[named.version]

    def load(self, named: Named) -> ServedModel:
        """The version as a served model."""
        self.loads.append(named.version)
        if named.version in self.refused:
            raise self.refused[named.version]
        return fake_version(named.version)
