"""What `golive serve` imports for a compiled bundle: little, since every start waits for it."""

import json
import subprocess
import sys

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

OWN_MODULES = [
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
    "golive.cli",
    "golive.cli.actions",
    "golive.cli.commands",
    "golive.cli.commands.serve",
    "golive.cli.main",
    "golive.cli.options",
    "golive.cli.output",
    "golive.engine",
    "golive.engine.accepted_schema",
    "golive.engine.answers",
    "golive.engine.base64_text",
    "golive.engine.batch_size",
    "golive.engine.batcher",
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
    "golive.http",
    "golive.http.bodies",
    "golive.http.counters",
    "golive.http.descriptors",
    "golive.http.draining",
    "golive.http.exposition",
    "golive.http.front",
    "golive.http.front.acceptor",
    "golive.http.front.balance",
    "golive.http.front.bodies",
    "golive.http.front.connection",
    "golive.http.front.head_cache",
    "golive.http.front.heads",
    "golive.http.front.limits",
    "golive.http.front.loops",
    "golive.http.front.refusals",
    "golive.http.front.server",
    "golive.http.front.shared",
    "golive.http.front.sockets",
    "golive.http.front.targets",
    "golive.http.front.tls",
    "golive.http.front.turns",
    "golive.http.front.writing",
    "golive.http.gateway",
    "golive.http.gateway_building",
    "golive.http.lanes",
    "golive.http.limits",
    "golive.http.log_lines",
    "golive.http.log_writer",
    "golive.http.metrics",
    "golive.http.open_exchange",
    "golive.http.plan",
    "golive.http.plan_of_head",
    "golive.http.pool",
    "golive.http.protocols",
    "golive.http.server",
    "golive.http.sockets",
    "golive.http.telemetry",
    "golive.http.worker",
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
    "golive.service",
    "golive.service.admission",
    "golive.service.answering",
    "golive.service.bodies",
    "golive.service.calls",
    "golive.service.catalog",
    "golive.service.compression",
    "golive.service.context",
    "golive.service.docs_page",
    "golive.service.docs_page.routes",
    "golive.service.document_headers",
    "golive.service.exchange",
    "golive.service.health",
    "golive.service.input_tensors",
    "golive.service.json_text",
    "golive.service.mlflow",
    "golive.service.model_versions",
    "golive.service.native",
    "golive.service.negotiation",
    "golive.service.open_inference",
    "golive.service.output_choice",
    "golive.service.output_tensors",
    "golive.service.page",
    "golive.service.page.assets",
    "golive.service.page.routes",
    "golive.service.problems",
    "golive.service.protocols",
    "golive.service.query_parameters",
    "golive.service.random_bits",
    "golive.service.request_ids",
    "golive.service.route_building",
    "golive.service.routes",
    "golive.service.schemas",
    "golive.service.served",
    "golive.service.service",
    "golive.service.table_records",
    "golive.service.v1_predict",
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
    "golive.wiring.models",
    "golive.wiring.serving",
]


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
    assert [name for name in names if name.startswith("golive")] == OWN_MODULES
