"""Templates as their own tools see them: cfn-lint, its schemas, and `terraform validate`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.deploying.aws.orders import CONFIGURATIONS, DOMAIN, JWT, order
from tests.deploying.aws.references import references

from golive.deploying.aws.building import service_graph, store_graph
from golive.deploying.aws.cloudformation.template import template
from golive.deploying.aws.ejecting import eject
from golive.deploying.aws.graph import recorded
from golive.deploying.aws.replacements import RULES
from golive.deploying.aws.terraform.configuration import NEWER_PROVIDER
from golive.deploying.changes import compare

REGIONS = ["eu-central-1", "us-east-1"]


@pytest.mark.slow
@pytest.mark.requires("cfn-lint")
def test_cfn_lint_finds_nothing_in_any_configuration(tmp_path: Path):
    wanted = {name: order(table) for name, table in CONFIGURATIONS.items()}
    wanted["not built"] = order(package=None)
    for number, one in enumerate(wanted.values()):
        text = eject(one, "cloudformation")["service.yaml"]
        (tmp_path / f"{number}.yaml").write_text(text)
    (tmp_path / "store.yaml").write_text(eject(order(), "cloudformation")["store.yaml"])
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(eject(order(), "cloudformation")["service.yaml"].replace("1024", "64"))

    found = _linted(sorted(tmp_path.glob("*.yaml")))

    assert len(CONFIGURATIONS) >= 12
    assert (found.stdout, found.returncode) == ("", 0), found.stderr
    assert "64 is less than the minimum of 128" in _linted([wrong]).stdout


def _linted(files: list[Path]) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("cfn-lint"), "--regions", *REGIONS]
    options = ["--format", "parseable", "--include-checks", "W", "--"]
    return subprocess.run(
        [*command, *options, *files], capture_output=True, text=True, check=False, timeout=240
    )


#: A change of one setting, and the graph's resource that it changes.
CHANGES = [
    ({}, {"memory": 2048}, "Function"),
    ({}, {"package": "image"}, "Function"),
    ({}, {"retention": 7}, "Logs"),
    ({}, {"model_from": "s3"}, "Role"),
    ({}, {"rate": 50}, "UsagePlan"),
    ({"alarm_email": "a@example.com"}, {"alarm_email": "b@example.com"}, "Email"),
    ({}, {"timeout": 5}, "SlowAlarm"),
    ({}, {"auth": "iam"}, "ProxyMethod"),
    ({"auth": "iam", "rate": 5}, {"auth": "iam", "rate": 6}, "Stage"),
    ({}, {"stage": "prod"}, "Function"),
    ({}, {"stage": "prod"}, "Logs"),
    ({}, {"stage": "prod"}, "Stage"),
    ({}, {"stage": "prod"}, "Key"),
    ({}, {"stage": "prod"}, "LiveAlias"),
    ({}, {"stage": "prod"}, "RestApi"),
    ({}, {"stage": "prod"}, "UsagePlan"),
    ({}, {"stage": "prod"}, "Alarms"),
    ({}, {"stage": "prod"}, "SlowAlarm"),
    ({}, {"stage": "prod"}, "MemoryMetric"),
    ({}, {"stage": "prod"}, "Dashboard"),
    ({"pings": "5m"}, {"pings": "6m"}, "Pings"),
    ({"pings": "5m"}, {"pings": "5m", "stage": "prod"}, "Pings"),
    ({"cors_origins": ["*"]}, {}, "ProblemThrottled"),
    ({"bucket": "one-bucket"}, {"bucket": "another-bucket"}, "Bucket"),
    ({"front_door": "url", "auth": "iam"}, {"front_door": "url", "auth": "none"}, "FunctionUrl"),
    (
        {"front_door": "url", "auth": "iam"},
        {"front_door": "url", "auth": "iam", "stage": "prod"},
        "FunctionUrl",
    ),
    ({"front_door": "http", "auth": "iam"}, {"front_door": "http", "auth": "none"}, "HttpRoute"),
    (
        {"front_door": "http", "auth": "iam"},
        {"front_door": "http", "auth": "iam", "burst": 3},
        "HttpStage",
    ),
    (
        {"front_door": "http", "auth": "iam"},
        {"front_door": "http", "auth": "iam", "stage": "prod"},
        "HttpApi",
    ),
    ({}, {"front_door": "http", "auth": "iam"}, "GatewayPermission"),
    (DOMAIN, {**DOMAIN, "domain": "other.example.com"}, "RestDomain"),
    (DOMAIN, {**DOMAIN, "domain": "other.example.com"}, "DnsRecord"),
    (DOMAIN, {**DOMAIN, "hosted_zone": "Z999"}, "DnsRecord"),
    (
        {"front_door": "http", **JWT},
        {"front_door": "http", **JWT, "jwt_audience": ["other"]},
        "JwtAuthorizer",
    ),
    (
        {"front_door": "http", "auth": "iam", **DOMAIN},
        {"front_door": "http", "auth": "iam", **DOMAIN, "domain": "other.example.com"},
        "HttpDomain",
    ),
    ({"provisioned": 1}, {"provisioned": 2}, "Version"),
]


def _create_only(kind: str) -> set[str]:
    """The properties that cannot be changed, by cfn-lint's copy of the resource type's schema."""
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER  # only where it is installed

    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    return {pointer.split("/")[2] for pointer in schema.get("createOnlyProperties", [])}


def _rendered(table: dict) -> tuple[dict, list]:
    wanted = order(table)
    graphs = [store_graph(wanted), service_graph(wanted)]
    resources = {n: r for graph in graphs for n, r in template(graph)["Resources"].items()}
    return resources, [recorded(graph) for graph in graphs]


@pytest.mark.requires("cfn-lint")
@pytest.mark.parametrize(("before", "after", "name"), CHANGES, ids=str)
def test_the_table_of_replacements_is_that_of_the_schemas(before, after, name):
    old, old_graphs = _rendered(before)
    new, new_graphs = _rendered(after)
    changes = [
        change
        for was, will_be in zip(old_graphs, new_graphs, strict=True)
        for change in compare(was, will_be, RULES)
    ]
    name = next(found for found in new if found == name or _is_version(found, name))

    told = [change.action for change in changes if change.name == name]

    properties = {key: old[name]["Properties"].get(key) for key in new[name]["Properties"]}
    changed = {key for key, value in properties.items() if value != new[name]["Properties"][key]}
    replaced = bool(changed & _create_only(new[name]["Type"]))
    assert changed, "the case changes nothing of it"
    assert told == ["replace" if replaced else "change"]


@pytest.mark.requires("cfn-lint")
@pytest.mark.parametrize("table", CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_what_follows_a_replaced_resource_is_what_the_schemas_say(table):
    graph = service_graph(order(table))
    records, names = recorded(graph).by_name(), {resource.name for resource in graph}
    resources = template(graph)["Resources"]
    told, followed = set(), set()

    for name, record in records.items():
        fixed = _create_only(resources[name]["Type"])
        values = [v for key, v in resources[name]["Properties"].items() if key in fixed]
        told |= {(name, other) for value in values for other in references(value) & names}
        fields = RULES.replacing.get(record.kind, frozenset())
        texts = [str(record.properties[field]) for field in fields]
        followed |= {(name, o) for text in texts for o in names if text == o or f"<id:{o}>" in text}

    assert followed == told


def _is_version(found: str, name: str) -> bool:
    return name == "Version" and found.startswith("Version")


@pytest.mark.slow
@pytest.mark.requires("terraform")
def test_terraform_takes_every_configuration(tmp_path: Path):
    plugins = os.environ["GOLIVE_TEST_TERRAFORM_PLUGINS"]
    modules = {}
    for number, (name, table) in enumerate(CONFIGURATIONS.items()):
        for path, text in eject(order(table), "terraform").items():
            document = json.loads(text)
            if document["terraform"]["required_providers"]["aws"]["version"] == NEWER_PROVIDER:
                _leave_out_what_is_newer(document)
            label = f"case{number}_{Path(path).parent.name}"
            folder = tmp_path / label
            folder.mkdir()
            (folder / "main.tf.json").write_text(json.dumps(document))
            given = {"image_uri": "x"} if "image_uri" in document.get("variable", {}) else {}
            modules[label] = {"source": f"./{label}", "//": name, **given}
    (tmp_path / "main.tf.json").write_text(json.dumps({"module": modules}))

    def terraform(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["terraform", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    begun = terraform("init", "-backend=false", "-input=false", f"-plugin-dir={plugins}")
    done = terraform("validate", "-json")

    assert begun.returncode == 0, begun.stderr
    found = json.loads(done.stdout)
    assert [d["summary"] + d.get("detail", "") for d in found["diagnostics"]] == []


def _leave_out_what_is_newer(document: dict) -> None:
    """What the provider does not know before 6.29; the mirror here may be older."""
    document["terraform"]["required_providers"]["aws"]["version"] = ">= 5.100"
    document["resource"]["aws_lambda_function"]["function"]["runtime"] = "python3.13"
    for permission in document["resource"]["aws_lambda_permission"].values():
        permission.pop("invoked_via_function_url", None)


@pytest.mark.slow
@pytest.mark.requires("aws-cdk")
def test_the_cdk_makes_the_same_resources(tmp_path: Path):
    for name, text in eject(order(), "cdk").items():
        (tmp_path / name).write_text(text)
    environment = {**os.environ, "CDK_OUTDIR": str(tmp_path / "cdk.out")}

    subprocess.run([sys.executable, "app.py"], cwd=tmp_path, env=environment, check=True)

    wanted = template(service_graph(order()))
    made = json.loads((tmp_path / "cdk.out" / "golive-games-dev.template.json").read_text())
    for resource in (*wanted["Resources"].values(), *made["Resources"].values()):
        resource.get("DependsOn", []).sort()
    assert made["Resources"] == wanted["Resources"]
    assert made["Outputs"] == wanted["Outputs"]
    assert made["Parameters"].items() >= wanted["Parameters"].items()
