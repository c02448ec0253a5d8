"""The same graph in both formats: same resources, least privilege, nothing evaluated by mistake."""

import json
import re

import pytest
import yaml
from hypothesis import given, settings
from tests.deploying.aws.orders import CONFIGURATIONS, order, orders
from tests.deploying.aws.references import references

from golive.deploying.aws.building import service_graph, store_graph
from golive.deploying.aws.cloudformation.template import (
    LARGEST_INLINE,
    render,
    template,
    template_sha256,
    template_text,
)
from golive.deploying.aws.ejecting import eject, template_yaml
from golive.deploying.aws.graph import Graph
from golive.deploying.aws.order import Order
from golive.deploying.aws.permissions import OPEN_RESOURCES
from golive.deploying.aws.reasons import reason_of
from golive.deploying.aws.terraform.configuration import addresses, configuration

REFERENCE = re.compile(r"(?<!\$)\$\{((?:data\.)?aws_\w+\.\w+)\.")


def _graphs(wanted: Order) -> tuple[Graph, Graph]:
    return store_graph(wanted), service_graph(wanted)


def _strings(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case list():
            return [text for member in value for text in _strings(member)]
        case dict():
            return [text for member in value.values() for text in _strings(member)]
        case _:
            return []


@settings(deadline=None, max_examples=40)
@given(orders())
def test_every_order_has_the_same_resources_in_both_formats(wanted: Order):
    for graph in _graphs(wanted):
        rendered = configuration(graph)
        blocks = {f"{k}.{name}" for k, found in rendered["resource"].items() for name in found}
        resources = set(template(graph)["Resources"])
        for resource in graph:
            assert render(resource).keys() <= resources
            assert resource.name in render(resource)
            assert addresses(resource)
            assert set(addresses(resource)) <= blocks
        assert {name for r in graph for name in render(r)} == resources
        assert {name for r in graph for name in addresses(r)} == blocks


@settings(deadline=None, max_examples=40)
@given(orders())
def test_whatever_a_template_refers_to_is_there(wanted: Order):
    for graph in _graphs(wanted):
        document = template(graph)
        known = document["Resources"].keys() | document.get("Parameters", {}).keys()

        found = {name for name in references(document) if not name.startswith("AWS::")}

        assert found <= known


@settings(deadline=None, max_examples=40)
@given(orders())
def test_whatever_a_configuration_of_terraform_refers_to_is_there(wanted: Order):
    for graph in _graphs(wanted):
        rendered = configuration(graph)
        known = {f"{kind}.{name}" for kind, f in rendered["resource"].items() for name in f}
        known |= {f"data.{kind}.{name}" for kind, f in rendered["data"].items() for name in f}
        depended = {
            name
            for found in rendered["resource"].values()
            for body in found.values()
            for name in body.get("depends_on", [])
        }

        referred = {n for text in _strings(rendered) for n in REFERENCE.findall(text)}

        assert referred | depended <= known


@settings(deadline=None, max_examples=40)
@given(orders())
def test_the_function_may_do_no_more_than_it_needs(wanted: Order):
    document = template(service_graph(wanted))
    allowed = [
        statement
        for resource in document["Resources"].values()
        if resource["Type"] == "AWS::IAM::Role"
        for policy in resource["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]

    assert allowed
    for statement in allowed:
        assert statement["Effect"] == "Allow"
        for action in statement["Action"]:
            assert "*" not in action
            for resource in statement["Resource"]:
                text = resource if isinstance(resource, str) else resource["Fn::Sub"]
                assert action in OPEN_RESOURCES or text.startswith("arn:")
                # Only the last part may stand for several: streams of its group, its model's files.
                assert "*" not in text[:-1]
                assert text != "arn:*"


@settings(deadline=None, max_examples=40)
@given(orders())
def test_terraform_s_role_has_the_policy_of_cloudformation(wanted: Order):
    graph = service_graph(wanted)
    role = template(graph)["Resources"]["Role"]["Properties"]["Policies"][0]["PolicyDocument"]
    policy = json.loads(configuration(graph)["resource"]["aws_iam_role_policy"]["role"]["policy"])

    shape = [(s["Action"], len(s["Resource"]), s.get("Condition")) for s in role["Statement"]]

    assert shape == [
        (s["Action"], len(s["Resource"]), s.get("Condition")) for s in policy["Statement"]
    ]


@settings(deadline=None, max_examples=40)
@given(orders())
def test_a_template_fits_without_a_bucket_and_is_the_same_text_each_time(wanted: Order):
    for graph in _graphs(wanted):
        text = template_text(graph)

        assert len(text.encode()) < LARGEST_INLINE
        assert template_sha256(text) == template_sha256(template_text(graph))
        assert json.loads(text) == template(graph)


@settings(deadline=None, max_examples=40)
@given(orders())
def test_the_yaml_is_the_template_with_a_reason_before_each_resource(wanted: Order):
    for graph in _graphs(wanted):
        text = template_yaml(graph)

        assert yaml.safe_load(text) == template(graph)
        for resource in graph:
            assert f"  # {reason_of(resource)}\n  {resource.name}:" in text


def test_versions_stay_and_the_alias_follows_parameters():
    document = template(service_graph(order()))
    [version] = [r for n, r in document["Resources"].items() if n.startswith("Version")]
    alias = document["Resources"]["LiveAlias"]["Properties"]

    assert (version["DeletionPolicy"], version["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert alias["FunctionName"] == "golive-games-dev"
    assert alias["FunctionVersion"]["Fn::If"][2] == {"Ref": "LiveVersion"}
    assert set(document["Parameters"]) == {"LiveVersion", "CanaryVersion", "CanaryWeight"}


def test_what_is_not_built_yet_is_asked_for():
    for table, parameter in [({}, "PackageKey"), ({"package": "image"}, "ImageUri")]:
        graph = service_graph(order(table, package=None))

        assert parameter in template(graph)["Parameters"]
        assert {"package_key", "image_uri"} & configuration(graph)["variable"].keys()


def test_a_text_that_looks_like_an_expression_is_not_evaluated():
    graph = service_graph(order({"tags": {"a": "${file('/etc/passwd')}", "b": "%{if}"}}))

    tags = configuration(graph)["provider"]["aws"]["default_tags"]["tags"]

    assert (tags["a"], tags["b"]) == ("$${file('/etc/passwd')}", "%%{if}")


def test_a_url_for_all_and_python_3_14_need_a_newer_provider():
    def version(name: str) -> str:
        rendered = configuration(service_graph(order(CONFIGURATIONS[name])))
        return rendered["terraform"]["required_providers"]["aws"]["version"]

    assert version("url, public") == version("rest, arm, 3.14") == ">= 6.29"
    assert version("url, iam") == version("defaults") == ">= 5.100"


@pytest.mark.parametrize("form", ["cloudformation", "terraform", "cdk"])
def test_files_are_written_for_each_tool(form):
    files = eject(order(), form)

    assert (
        sorted(files)
        == {
            "cloudformation": ["service.yaml", "store.yaml"],
            "terraform": ["service/main.tf.json", "store/main.tf.json"],
            "cdk": ["app.py", "cdk.json", "requirements.txt", "service.yaml", "store.yaml"],
        }[form]
    )
    if form == "cdk":
        compile(files["app.py"], "app.py", "exec")
        assert "{'store': 'golive-store', 'service': 'golive-games-dev'}" in files["app.py"]


def test_there_are_reasons_in_terraform_too():
    rendered = json.loads(eject(order(), "terraform")["service/main.tf.json"])

    assert rendered["resource"]["aws_lambda_function"]["function"]["//"] == (
        "The model behind golive's routes."
    )
