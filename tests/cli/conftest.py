"""A bundle that needs no disk, and actions that record how they were called."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from golive.building.runtime_api import Outcome
from golive.bundle.golden import GoldenRecord
from golive.bundle.manifest import FileEntry, Manifest, ModelSpec
from golive.bundle.profile import ColumnProfile, Evaluation, Profile
from golive.bundle.proof import Deviation, Proof, Timing, Tried
from golive.checking.difference import AnswerChanges, Change, Difference
from golive.checking.report import Finding, Measurements, Report
from golive.cli.main import run
from golive.packing.onnx_export import OnnxExport
from golive.signature.model import Column, FeatureSource, Lookup, Output, Signature
from golive.wiring.following import Running

EVALUATION = Evaluation(
    rows=200,
    skipped=1,
    metrics={"accuracy": 0.85},
    baseline={"accuracy": 0.76},
    baseline_name="majority class",
)

PROOF = Proof(
    is_chosen=True,
    reason="The program is equal on 4,100 rows.",
    steps=14,
    size=310_000,
    tried=(Tried(kind="sample", rows=4_000, refused=0), Tried(kind="near", rows=100, refused=7)),
    worst=Deviation(
        kind="near",
        row={"age": 39.5},
        original={"score": 0.5},
        compiled={"score": 0.5000000000000001},
        relative=2.5e-16,
    ),
    timings=(
        Timing(rows=1, original=410.0, compiled=10.0),
        Timing(rows=64, original=19.0, compiled=10.0),
    ),
)

REPORT = Report(
    bundle="income.bundle",
    name="income",
    version="0123456789ab",
    findings=(
        Finding(check="card", severity="warning", code="card_blanks", message="2 blanks [x]"),
        Finding(check="null", severity="ok", code="ok", message="as it should be (8 asked)"),
    ),
    measurements=Measurements(
        start_seconds=1.25,
        starts=3,
        memory_bytes=210 * 2**20,
        memory_growth_bytes=2**18,
        latency_p50_ms=1.5,
        latency_p99_ms=2.5,
        requests=300,
    ),
)
DIFFERENCE = Difference(
    before="income 0123456789ab",
    after="income ba9876543210",
    changes=(
        Change(area="input", subject="age", effect="breaking", message="type number → integer [y]"),
        Change(area="size", subject="bundle", effect="note", message="10 → 12 bytes"),
    ),
    answers=AnswerChanges(records=20, source="answered", differing=3),
)


@dataclass
class StubBundle:
    """What commands read of a bundle."""

    evaluation: Evaluation | None = EVALUATION
    source: Path = field(default_factory=lambda: Path.cwd() / "income.bundle")
    card: str = "# income\n"
    requirements: tuple[str, ...] = ("scikit-learn==1.5.2",)
    version: str = "0123456789ab"
    name: str = "income"
    proof: Proof | None = None
    lookups: tuple[Lookup, ...] = ()
    features: tuple[FeatureSource, ...] = ()
    golden: tuple[GoldenRecord, ...] = (
        GoldenRecord({"age": 39, "plan": "[a]"}, {"label": 0, "score": 0.25}),
        GoldenRecord({"age": 52, "plan": "b"}, {"label": 1, "score": 0.75}),
        GoldenRecord({"age": None, "plan": "b"}, {"error": {"code": "null_not_allowed"}}),
    )

    @property
    def manifest(self) -> Manifest:
        is_compiled = self.proof is not None and self.proof.is_chosen
        return Manifest(
            format_version=2,
            id="0123456789ab" + "c" * 52,
            name=self.name,
            model=ModelSpec(kind="sklearn", loader="joblib", file="model/model.joblib"),
            files={"model/model.joblib": FileEntry(sha256="d" * 64, size=12345)},
            python_version="3.11.7",
            golive_version="0.1.0",
            created_at="2026-01-02T03:04:05+00:00",
            tolerance=1e-9,
            notes=("The category '1' was read as text.",),
            answers="compiled" if is_compiled else "original",
            answers_because="" if self.proof is None else self.proof.reason,
        )

    @property
    def signature(self) -> Signature:
        return Signature(
            form="frame",
            columns=(
                Column(name="age", type="integer", dtype="int64", minimum=17, maximum=90),
                Column(name="plan", type="category", dtype="object", categories=("[a]", "b")),
            ),
            output=Output(kind="binary", classes=(0, 1), positive=1, name="churned"),
            lookups=self.lookups,
            features=self.features,
        )

    @property
    def profile(self) -> Profile:
        columns = (
            ColumnProfile(name="age", count=8, nulls=1),
            ColumnProfile(name="plan", count=8, nulls=0),
        )
        return Profile(rows=8, columns=columns, evaluation=self.evaluation)


class StubPredictor:
    """Answers a record with its own `age`; one without is an error."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, Any, Any]] = []

    def predict(self, rows: Any, *, threshold: Any = None, top: Any = None) -> list[dict]:
        self.calls.append((list(rows), threshold, top))
        return [self._answer(row) for row in rows]

    def predict_texts(self, rows: Any, **options: Any) -> list[dict]:
        return self.predict(rows, **options)

    def _answer(self, row: Any) -> dict:
        if isinstance(row, dict) and row.get("age") is not None:
            return {"label": "old", "score": 0.5, "probabilities": {"old": 0.5, "young": 0.5}}
        return {"error": {"code": "missing_column", "message": "no age", "field": "age"}}


class StubActions:
    """Records calls; raises what it is told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple, dict]] = []
        self.bundle = StubBundle()
        self.predictor = StubPredictor()
        self.report = REPORT
        self.difference = DIFFERENCE
        self.outcome = Outcome(kind="answered", body=b'{"label": "yes"}')
        self.error: Exception | None = None

    def _called(self, action: str, /, *values: Any, **options: Any) -> None:
        self.calls.append((action, values, options))
        if self.error is not None:
            raise self.error

    def pack(self, model: str, data: Path, *, progress: Any, **options: Any) -> StubBundle:
        self._called("pack", model, data, **options)
        progress("Loading the model")
        return self.bundle

    def repack(self, bundle: Path, *, progress: Any, **options: Any) -> StubBundle:
        self._called("repack", bundle, **options)
        return self.bundle

    def compile(self, bundle: Path, *, progress: Any, **options: Any) -> StubBundle:
        self._called("compile", bundle, **options)
        progress("Compiling the model")
        self.bundle.proof = PROOF
        return self.bundle

    def export_onnx(self, bundle: Path, *, progress: Any, **options: Any) -> OnnxExport:
        self._called("export_onnx", bundle, **options)
        return OnnxExport(path=options["output"], proof=PROOF)

    def pickles(self, bundle: StubBundle) -> list[dict[str, Any]]:
        imports = ["sklearn.pipeline.Pipeline", "os"]
        file = {"file": "model/model.joblib", "imports": imports}
        return [{**file, "holds_code": True, "failure": "EOFError: [end]"}]

    def sbom(self, bundle: StubBundle) -> str:
        return f'{{"bomFormat": "CycloneDX", "of": "{bundle.name}"}}'

    def check(self, bundle: Path, *, progress: Any, **options: Any) -> Report:
        self._called("check", bundle, **options)
        progress("Loading the model")
        return self.report

    def diff(self, before: Path, after: Path, *, progress: Any, **options: Any) -> Difference:
        self._called("diff", before, after, **options)
        return self.difference

    def open_bundle(self, path: Path, **options: Any) -> StubBundle:
        self._called("open_bundle", path, **options)
        return self.bundle

    def load(self, ref: Path, **options: Any) -> StubPredictor:
        self._called("load", ref, **options)
        return self.predictor

    def invoke(self, package: Path, event: bytes, **how: Any) -> Outcome:
        self._called("invoke", package, event, **how)
        return self.outcome

    def refresh(self, process: int | None) -> list[Running]:
        self._called("refresh", process)
        return [
            Running(process=4711, begun=1, url="http://127.0.0.1:8000", references=("games@prod",))
        ]

    def refresh_at(self, url: str) -> str:
        self._called("refresh_at", url)
        return f"{url}/admin/refresh"

    def serve(self, bundles: Any, settings: Any, *, announce: Any, **options: Any) -> None:
        self._called("serve", bundles, settings, **options)
        announce("http://127.0.0.1:8000")


@pytest.fixture
def actions() -> StubActions:
    return StubActions()


@pytest.fixture
def golive(actions: StubActions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run a command line in an empty directory; gives the exit code."""
    monkeypatch.chdir(tmp_path)
    actions.bundle.source = tmp_path / "income.bundle"
    return lambda *words: run(words, actions=actions)


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an empty registry, which is the usual one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOLIVE_REGISTRY", str(tmp_path / "registry"))
    return tmp_path / "registry"


@pytest.fixture
def typed(registry: Path, capsys: pytest.CaptureFixture[str]):
    """Types a command line for real; gives the exit code, stdout and stderr."""

    def type_line(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([str(word) for word in words])
        return code, *capsys.readouterr()

    return type_line
