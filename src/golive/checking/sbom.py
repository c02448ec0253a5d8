"""The software bill of materials of a bundle, as CycloneDX."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from golive.bundle.reading import Bundle
from golive.optional import require

__all__ = ["sbom"]

_PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;]+)")


def sbom(bundle: Bundle) -> str:
    """What a bundle consists of and needs, as a CycloneDX 1.6 document in JSON.

    Its subject is the model, with its files and their SHA-256; its components are the exact
    requirements with their package URLs, Python, and golive. What only the original needs is
    optional where the compiled program answers. The same bundle gives the same document.

    Args:
        bundle: The bundle.

    Raises:
        MissingExtraError: cyclonedx-python-lib is not installed.
    """
    model, output = _cyclonedx("model"), _cyclonedx("output.json")
    component = _cyclonedx("model.component")
    manifest = bundle.manifest
    kinds, scopes = component.ComponentType, component.ComponentScope
    subject = component.Component(
        type=kinds.MACHINE_LEARNING_MODEL,
        name=manifest.name,
        version=manifest.id,
        bom_ref=f"bundle:{manifest.id}",
        components=[
            component.Component(
                type=kinds.FILE,
                name=path,
                bom_ref=f"file:{path}",
                hashes=[model.HashType(alg=model.HashAlgorithm.SHA_256, content=entry.sha256)],
            )
            for path, entry in manifest.files.items()
        ],
    )
    scope = scopes.OPTIONAL if manifest.answers == "compiled" else scopes.REQUIRED
    needed = [
        _package(component, name, version, scope)
        for name, version in map(_pin, bundle.requirements)
        if name != "golive"
    ]
    needed.append(_package(component, "golive", manifest.golive_version, scopes.REQUIRED))
    needed.append(
        component.Component(
            type=kinds.PLATFORM,
            name="python",
            version=manifest.python_version,
            bom_ref=f"python:{manifest.python_version}",
        )
    )
    bom = _cyclonedx("model.bom").Bom(
        serial_number=uuid5(NAMESPACE_URL, manifest.id), components=needed
    )
    bom.metadata.timestamp = datetime.fromisoformat(manifest.created_at)
    bom.metadata.component = subject
    bom.register_dependency(subject, needed)
    text: str = output.JsonV1Dot6(bom).output_as_string(indent=2)
    return text


def _cyclonedx(module: str) -> Any:
    return require(f"cyclonedx.{module}", extra="sbom")


def _pin(requirement: str) -> tuple[str, str]:
    """The name and the version of an exact requirement."""
    match = _PIN.match(requirement)
    if match is None:
        raise ValueError(f"{requirement!r} is no exact requirement")
    return match["name"], match["version"]


def _package(component: Any, name: str, version: str, scope: Any) -> Any:
    url = require("packageurl", extra="sbom").PackageURL(
        type="pypi", name=re.sub(r"[-_.]+", "-", name).lower(), version=version
    )
    return component.Component(
        type=component.ComponentType.LIBRARY,
        name=name,
        version=version,
        purl=url,
        bom_ref=url.to_string(),
        scope=scope,
    )
