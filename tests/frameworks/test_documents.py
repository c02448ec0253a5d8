"""The how-to documents of frameworks run where their framework is installed."""

from pathlib import Path

import pytest
from tests.docs import documents

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("name", "package"), [("from-keras.md", "keras"), ("from-pytorch.md", "torch")]
)
def test_the_blocks_of_a_document_run_in_order(name, package, tmp_path):
    pytest.importorskip(package, reason=f"{package} is not installed")
    tools = tmp_path / "tools"
    tools.mkdir()
    blocks = documents.blocks_of((ROOT / "docs" / "how-to" / name).read_text())
    assert any(package in block.needs for block in blocks)

    with documents.Reader(tmp_path, tools) as reader:
        for block in blocks:
            reader.type(block)
