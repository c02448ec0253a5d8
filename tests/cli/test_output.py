import os
import subprocess
import sys

TELL = """
from golive.cli.output import progress

with progress() as tell:
    tell("Writing we[/b]ird.bundle")
"""


def test_a_path_with_brackets_is_shown_on_a_terminal_as_it_is():
    reader, terminal = os.openpty()

    done = subprocess.run([sys.executable, "-c", TELL], stderr=terminal, check=False)
    os.close(terminal)
    shown = os.read(reader, 65536)
    os.close(reader)

    assert done.returncode == 0
    assert b"Writing we[/b]ird.bundle" in shown


def test_progress_is_one_line_a_step_in_a_log():
    done = subprocess.run([sys.executable, "-c", TELL], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("", "Writing we[/b]ird.bundle …\n")
