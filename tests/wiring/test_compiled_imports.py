"""What a process imports that answers with a compiled bundle: nothing of the model's packages."""

import json
import subprocess
import sys

from tests.wiring.own_modules import ANSWERING

PROGRAM = """
import json, sys
before = set(sys.modules)
import golive
[answer] = golive.load(sys.argv[1]).predict({"a": 0.5, "b": -0.5})
found = set(sys.modules) - before
print(json.dumps({"answer": answer, "modules": sorted(found)}))
"""


def test_one_record_is_answered_with_these_modules_and_no_others(bundle):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(bundle.path)], capture_output=True, check=True
    )
    told = json.loads(done.stdout)
    others = [name for name in told["modules"] if not name.startswith("golive")]
    tops = {name.partition(".")[0] for name in others}

    assert told["answer"]["label"] == "yes"
    # msgspec takes types of typing_extensions along, where it is installed
    assert tops - sys.stdlib_module_names - {"typing_extensions"} == {"msgspec"}
    assert not tops & {"pickle", "_pickle", "asyncio", "subprocess", "zipfile", "ssl"}
    assert [name for name in told["modules"] if name.startswith("golive")] == ANSWERING
