"""The model alone: how often it can be called with one row in a second, without any server.

`python -m benchmarks.in_process FOLDER SECONDS` prints the number.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.environments import ROOT
from benchmarks.peer_apps.loaded import LoadedModel

__all__ = ["calls_a_second", "measure_in_process"]


def measure_in_process(folder: Path, seconds: float) -> float:
    """Calls a second in a process of its own, with one thread."""
    command = [sys.executable, "-m", "benchmarks.in_process", str(folder), str(seconds)]
    paths = f"{ROOT}{os.pathsep}{ROOT / 'src'}"
    variables = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": paths}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    return float(done.stdout)


def calls_a_second(folder: Path, seconds: float) -> float:
    """Call the model with one row after the other; the inputs are made before."""
    loaded = LoadedModel(folder)
    records = json.loads((folder / "records.json").read_text("utf-8"))
    inputs = [loaded.inputs([record]) for record in records]
    predict = loaded.model.predict_proba
    for each in inputs[:20]:
        predict(each)
    calls, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        predict(inputs[calls % len(inputs)])
        calls += 1
    return calls / (time.perf_counter() - begin)


if __name__ == "__main__":
    print(calls_a_second(Path(sys.argv[1]), float(sys.argv[2])))
