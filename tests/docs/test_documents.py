"""Every code block of the README, the documentation and the examples runs."""

import shutil
from pathlib import Path

import pytest
from tests.docs import documents
from tests.prepared_examples import PreparedExamples

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    path
    for path in [
        ROOT / "README.md",
        *sorted((ROOT / "docs").rglob("*.md")),
        *sorted((ROOT / "examples").glob("*/README.md")),
    ]
    if documents.blocks_of(path.read_text())
]


def _place(path: Path) -> Path:
    """Where its reader types: an example's in its own folder, others' in the project."""
    return path.parent.relative_to(ROOT) if path.is_relative_to(ROOT / "examples") else Path()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.requires("curl")
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_blocks_of_a_document_run_in_order(
    path: Path, tmp_path: Path, prepared_examples: PreparedExamples
) -> None:
    project, tools = tmp_path / "project", tmp_path / "tools"
    left_out = shutil.ignore_patterns("__pycache__", "*.joblib", "*.bundle")
    shutil.copytree(ROOT / "examples", project / "examples", ignore=left_out)
    tools.mkdir()

    # An example's own README trains it; elsewhere the same line, run once, is not run again.
    prepared = None if _place(path).parts else prepared_examples
    with documents.Reader(project / _place(path), tools, prepared) as reader:
        for block in documents.blocks_of(path.read_text()):
            reader.type(block)


def test_a_block_says_where_it_is() -> None:
    text = "# A\n\n```bash\necho a\n```\n\n<!-- not run: network -->\n```bash\ngit pull\n```\n"

    blocks = documents.blocks_of(text)

    assert blocks == [documents.Block("bash", "echo a\n", 4)]


def test_a_block_that_needs_a_package_runs_where_it_is_installed() -> None:
    text = "<!-- run with: {} -->\n```python\nimport sys\n```\n"

    there = documents.blocks_of(text.format("json, sys"))
    absent = documents.blocks_of(text.format("json, no_such_package"))

    assert there == [documents.Block("python", "import sys\n", 3, ("json", "sys"))]
    assert absent == []


def test_output_blocks_do_not_run() -> None:
    assert documents.blocks_of("```text\nhello\n```\n```json\n{}\n```\n") == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in documents.links_of(path.read_text())
        if not (path.parent / target).exists()
    ]

    assert broken == []
