"""What a process imports that answers with a compiled bundle: nothing of the model's packages."""

import json
import subprocess
import sys

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
    assert [name for name in told["modules"] if name.startswith("golive")] == [
        "golive",
        "golive.bundle",
        "golive.bundle.encoding",
        "golive.bundle.golden",
        "golive.bundle.layout",
        "golive.bundle.manifest",
        "golive.bundle.manifest_format",
        "golive.bundle.profile",
        "golive.bundle.profile_format",
        "golive.bundle.reading",
        "golive.bundle.requirements",
        "golive.bundle.stamps",
        "golive.bundle.upgrades",
        "golive.bundle.verification",
        "golive.engine",
        "golive.engine.answers",
        "golive.engine.base64_text",
        "golive.engine.batch_size",
        "golive.engine.categories",
        "golive.engine.coercion",
        "golive.engine.column_rules",
        "golive.engine.csv_body",
        "golive.engine.decode",
        "golive.engine.decoded",
        "golive.engine.engine",
        "golive.engine.envelope",
        "golive.engine.golden",
        "golive.engine.images",
        "golive.engine.isolation",
        "golive.engine.json_body",
        "golive.engine.labelling",
        "golive.engine.loading",
        "golive.engine.moments",
        "golive.engine.numerals",
        "golive.engine.objects",
        "golive.engine.pace",
        "golive.engine.shortcut",
        "golive.engine.single_record",
        "golive.engine.slow_pass",
        "golive.engine.structs",
        "golive.engine.texts",
        "golive.engine.timing",
        "golive.engine.values",
        "golive.engine.vectors",
        "golive.errors",
        "golive.files",
        "golive.forks",
        "golive.optional",
        "golive.runtimes",
        "golive.runtimes.compiled",
        "golive.runtimes.compiled_batches",
        "golive.runtimes.loading",
        "golive.runtimes.protocols",
        "golive.scorer",
        "golive.scorer.format",
        "golive.scorer.loading",
        "golive.scorer.node",
        "golive.scorer.program",
        "golive.scorer.rows",
        "golive.scorer.rows.building",
        "golive.scorer.rows.checking",
        "golive.scorer.rows.composing",
        "golive.scorer.rows.encoding",
        "golive.scorer.rows.estimator",
        "golive.scorer.rows.expressions",
        "golive.scorer.rows.fusing",
        "golive.scorer.rows.inputs",
        "golive.scorer.rows.lanes",
        "golive.scorer.rows.linear",
        "golive.scorer.rows.sparse_sums",
        "golive.setting",
        "golive.settings",
        "golive.signature",
        "golive.signature.json_schema",
        "golive.signature.model",
        "golive.signature.policies",
        "golive.signature.toml_keys",
        "golive.signature.toml_places",
        "golive.signature.toml_reading",
        "golive.signature.type_schema",
        "golive.version",
        "golive.wiring",
        "golive.wiring.loading",
    ]
