"""What a process imports that answers with compiled models: the standard library alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, StandardScaler
from tests.compiling.agreement import records_of, signature_for
from tests.compiling.tables import fitted, matrix, two_classes

from golive.compiling.compile import write_program

SOURCES = Path(__file__).parents[2] / "src"
CHILD = """
import sys
before = set(sys.modules)
sys.path.insert(0, {sources!r})
from pathlib import Path
import json
from golive.scorer.loading import load_program
for folder in sorted(Path({folder!r}).iterdir()):
    program = load_program(folder)
    records = json.loads((folder / "records.json").read_text())
    assert len(program.labelled(records)) == len(records)
    for _ in program.warm():
        pass
    assert len(program.labelled(records)) == len(records)
print(json.dumps(sorted(set(sys.modules) - before)))
"""
LINEAR = [
    "golive", "golive.errors", "golive.scorer", "golive.scorer.format", "golive.scorer.loading",
    "golive.scorer.node", "golive.scorer.program", "golive.scorer.rows",
    "golive.scorer.rows.bending", "golive.scorer.rows.building", "golive.scorer.rows.checking",
    "golive.scorer.rows.composing", "golive.scorer.rows.encoding", "golive.scorer.rows.estimator",
    "golive.scorer.rows.expressions", "golive.scorer.rows.fusing", "golive.scorer.rows.inputs",
    "golive.scorer.rows.lanes", "golive.scorer.rows.linear", "golive.scorer.rows.scaling",
    "golive.scorer.rows.sparse_sums",
    "golive.version",
]  # fmt: skip
"""What of golive a scaled linear model needs."""
HEAVY = {"dataclasses", "inspect", "typing_extensions", "numpy", "pandas", "sklearn", "asyncio"}


def models() -> dict:
    rows = matrix()
    truths = two_classes(rows)
    texts = [f"a text about {'good' if truth else 'bad'} things" for truth in truths]
    made = {
        "linear": make_pipeline(StandardScaler(), LogisticRegression()),
        "steps": make_pipeline(KBinsDiscretizer(3), LogisticRegression()),
        "bayes": GaussianNB(),
        "forest": RandomForestClassifier(5),
        "boosting": HistGradientBoostingClassifier(max_iter=5),
    }
    found = {name: (fitted(model, rows, truths), rows) for name, model in made.items()}
    text = make_pipeline(TfidfVectorizer(), LogisticRegression())
    return {**found, "text": (fitted(text, texts, truths), texts)}


@pytest.fixture(scope="module")
def imported(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("programs")
    for name, (model, data) in models().items():
        (folder / name).mkdir()
        write_program(model, signature_for(model, data), folder / name)
        (folder / name / "records.json").write_text(json.dumps(records_of(data[:3])))
    code = CHILD.format(sources=str(SOURCES), folder=str(folder))
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_answering_imports_the_standard_library_and_the_scorer_alone(imported):
    others = [name for name in imported if name.partition(".")[0] not in sys.stdlib_module_names]
    known = {"golive", "golive.errors", "golive.version"}

    assert [n for n in others if n not in known and not n.startswith("golive.scorer")] == []
    assert [n for n in others if n.startswith("golive.scorer.batches")] == []
    assert others != []


def test_answering_imports_no_module_that_is_slow_to_import(imported):
    assert HEAVY.isdisjoint(imported)


def test_answering_imports_few_modules(imported):
    standard = [name for name in imported if not name.startswith("golive")]

    assert len(standard) < 70, standard


def test_a_linear_model_imports_only_what_it_needs(tmp_path):
    rows = matrix()
    model = fitted(make_pipeline(StandardScaler(), LogisticRegression()), rows, two_classes(rows))
    write_program(model, signature_for(model, rows), tmp_path)
    code = (
        f"import sys; sys.path.insert(0, {str(SOURCES)!r})\n"
        "from pathlib import Path\n"
        "from golive.scorer.loading import load_program\n"
        f"print(load_program(Path({str(tmp_path)!r})).probabilities([[0.0] * 6]))\n"
        "import json\n"
        "print(json.dumps(sorted(n for n in sys.modules if n.startswith('golive'))))"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )

    assert np.isclose(sum(json.loads(ran.stdout.splitlines()[0])[0]), 1.0)
    assert json.loads(ran.stdout.splitlines()[1]) == LINEAR
