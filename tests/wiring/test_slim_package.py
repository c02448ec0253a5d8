"""The package that answers without a server: what it takes, and that it answers by itself."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

PROGRAM = """
import json, sys
from golive.service.exchange import Request
from golive.wiring.answering import open_service

service = open_service(sys.argv[1])
response = service.handle(
    Request(
        method="POST",
        path="/predict",
        headers={"content-type": "application/json"},
        body=b'{"a": 0.5, "b": -0.5}',
    )
)
files = {
    name: module.__file__
    for name, module in sys.modules.items()
    if name.partition(".")[0] in ("golive", "msgspec") and getattr(module, "__file__", None)
}
answer = json.loads(response.body)["predictions"][0]
print(json.dumps({"status": response.status, "answer": answer, "files": files}))
"""
MOST_BYTES = 1_500_000


def answer(bundle, *options, cwd):
    done = subprocess.run(
        [sys.executable, *options, "-c", PROGRAM, str(bundle.path)],
        capture_output=True,
        check=True,
        cwd=cwd,
    )
    return json.loads(done.stdout)


def pack_slim(files, target: Path) -> int:
    """Copy the modules to a folder of their own; gives the size of a zip of them."""
    archive = target.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as package:
        for name, file in files.items():
            folder, own = name.split("."), Path(file).name
            place = folder if own.startswith("__init__.") else folder[:-1]
            package.write(file, "/".join((*place, own)))
            if own == "__init__.py":  # the page's files belong to the package of its routes
                for static in Path(file).parent.glob("static/*"):
                    package.write(static, "/".join((*place, "static", static.name)))
        package.extractall(target)
    return archive.stat().st_size


def test_scorer_engine_service_and_msgspec_answer_alone_and_are_small(bundle, tmp_path):
    here = answer(bundle, cwd=tmp_path)
    target = tmp_path / "slim"

    size = pack_slim(here["files"], target)
    there = subprocess.run(
        [sys.executable, "-I", "-S", "-c",
         f"import sys; sys.path.insert(0, {str(target)!r}); sys.argv[1:] = [{str(bundle.path)!r}]"
         + PROGRAM],
        capture_output=True, check=True, cwd=tmp_path,
        env={"GOLIVE_CACHE_DIR": str(tmp_path / "cache")},
    )  # fmt: skip
    alone = json.loads(there.stdout)

    assert here["status"] == alone["status"] == 200
    assert alone["answer"] == here["answer"]
    assert {Path(file).is_relative_to(target) for file in alone["files"].values()} == {True}
    assert size < MOST_BYTES
