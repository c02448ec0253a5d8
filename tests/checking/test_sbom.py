"""The bill of materials follows CycloneDX's schema and names what is in the bundle."""

import json

import msgspec
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from golive.bundle.reading import open_bundle
from golive.checking.sbom import sbom


@pytest.fixture(scope="module")
def income(prepared_examples):
    return open_bundle(prepared_examples.packed("income"))


def test_it_follows_the_schema(income):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(sbom(income)) is None


def test_it_names_every_file_and_requirement(income):
    document = json.loads(sbom(income))
    subject = document["metadata"]["component"]
    components = {each["name"]: each for each in document["components"]}

    assert (subject["type"], subject["version"]) == ("machine-learning-model", income.manifest.id)
    hashes = {each["name"]: each["hashes"][0]["content"] for each in subject["components"]}
    assert hashes == {path: entry.sha256 for path, entry in income.manifest.files.items()}
    pins = {f"{each['name']}=={each['version']}" for each in document["components"]}
    assert set(income.requirements) <= pins
    assert components["scikit-learn"]["purl"].startswith("pkg:pypi/scikit-learn@")
    assert components["python"]["version"] == income.manifest.python_version
    depends = {each["ref"]: each.get("dependsOn", []) for each in document["dependencies"]}
    assert len(depends[f"bundle:{income.manifest.id}"]) == len(document["components"])


def test_what_only_the_original_needs_is_optional_where_the_program_answers(income):
    def scope(answers):
        manifest = msgspec.structs.replace(income.manifest, answers=answers)
        document = json.loads(sbom(msgspec.structs.replace(income, manifest=manifest)))
        scopes = {each["name"]: each.get("scope") for each in document["components"]}
        assert scopes["golive"] == "required"
        return scopes["scikit-learn"]

    assert (scope("compiled"), scope("original")) == ("optional", "required")


def test_the_same_bundle_gives_the_same_document(income):
    assert sbom(income) == sbom(income)
