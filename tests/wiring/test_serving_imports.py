"""What `golive serve` imports for a compiled bundle: little, since every start waits for it."""

import json
import subprocess
import sys

from tests.wiring.own_modules import SERVING

PROGRAM = """
import json, os, signal, sys
before = set(sys.modules)
from golive.cli.actions import Actions
from golive.cli.main import run

class Told(Actions):
    def serve(self, bundles, settings, *, announce, **options):
        def tell(line):
            os.kill(os.getpid(), signal.SIGTERM)
        super().serve(bundles, settings, announce=tell, **options)

code = run(["serve", sys.argv[1], "--port", "0"], actions=Told())
print(json.dumps({"code": code, "modules": sorted(set(sys.modules) - before)}))
"""


def serve(bundle):
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(bundle.path)],
        capture_output=True,
        check=True,
        timeout=60,
    )


def test_serving_a_compiled_bundle_imports_these_packages_and_no_others(bundle):
    serve(bundle)  # the first time, what was verified is written down
    done = serve(bundle)
    told = json.loads(done.stdout)
    # compiled modules bring names with cython in them, which are no packages
    names = [name for name in told["modules"] if "cython" not in name]
    tops = {name.partition(".")[0] for name in names}

    assert told["code"] == 0
    assert done.stderr == b""
    # msgspec takes types of typing_extensions along, where it is installed
    assert tops - sys.stdlib_module_names - {"typing_extensions"} == {
        "click",
        "golive",
        "httptools",
        "msgspec",
        "uvloop",
    }
    assert tops & {"pickle", "_pickle", "multiprocessing", "zipfile", "tempfile", "email"} == set()
    assert not set(told["modules"]) & {"logging.config", "logging.handlers", "http.client"}
    # what only some requests need; and dataclasses, each of which compiles code
    assert not set(told["modules"]) & {"csv", "gzip", "dataclasses"}
    assert "golive.service.openapi" not in told["modules"]
    assert [name for name in names if name.startswith("golive")] == SERVING
