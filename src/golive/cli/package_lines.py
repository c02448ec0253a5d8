"""What is told of a package for AWS Lambda."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from golive.building.lambda_limits import DIRECT_BYTES, UNZIPPED_BYTES, megabytes
from golive.cli.summary import shown_path

if TYPE_CHECKING:
    from golive.building.lambda_package import LambdaPackage

__all__ = ["package_facts", "package_lines"]

_LARGEST = 5
_WAYS = {"direct": "direct upload", "s3": "by way of S3", "image": "a container image"}


def package_facts(package: LambdaPackage) -> dict[str, Any]:
    """All that a script may want to know of a package."""
    contents, platform = package.contents, package.platform
    return {
        "path": shown_path(package.path),
        "sha256": package.sha256,
        "name": package.bundle.name,
        "version": package.bundle.version,
        "answers": package.bundle.manifest.answers,
        "handler": "handler.handler",
        "runtime": f"python{platform.version}",
        "runtime_because": package.python_because,
        "architecture": platform.architecture,
        "zip_bytes": package.zipped,
        "unzipped_bytes": package.unzipped,
        "delivery": asdict(package.delivery),
        "parts": [asdict(part) for part in contents.parts],
        "saved": dict(contents.saved),
        "without": list(contents.without),
        "proven": None if package.proving is None else asdict(package.proving),
    }


def package_lines(facts: dict[str, Any]) -> Iterator[str]:
    """What a person is told."""
    yield (
        f"{facts['name']} {facts['version']} ({facts['answers']}) for {facts['runtime']}, "
        f"{facts['architecture']}. {facts['runtime_because']}"
    )
    yield _proven(facts["proven"])
    zipped, unzipped = megabytes(facts["zip_bytes"]), megabytes(facts["unzipped_bytes"])
    yield (
        f"size: {zipped} MB of {DIRECT_BYTES // 2**20} MB zipped, "
        f"{unzipped} MB of {UNZIPPED_BYTES // 2**20} MB unzipped"
    )
    for part in facts["parts"][:_LARGEST]:
        named = f"{part['name']} {part['version']}".strip()
        yield f"  {megabytes(part['size']):>7} MB  {named:<24} {part['because']}"
    if facts["without"]:
        names = ", ".join(facts["without"])
        yield f"left out: {names}, used only where it is installed (golive.toml, [lambda] keep)"
    delivery = facts["delivery"]
    yield f"upload: {_WAYS[delivery['way']]}. {delivery['because']}"


def _proven(proven: dict[str, Any] | None) -> str:
    if proven is None:
        return "not proven: it was not run here"
    return (
        f"proven: {proven['records']} golden records under AWS's client, read-only; first answer "
        f"after {proven['seconds']:.2f} s"
    )
