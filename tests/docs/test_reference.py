import subprocess
import sys
from pathlib import Path


def test_the_reference_is_what_the_code_says(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, project / "tools" / "reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
