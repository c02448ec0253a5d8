"""Model versions in paths: the names that a served version has, and what is said of others."""

from __future__ import annotations

from collections.abc import Sequence

from golive.service.problems import ProblemStyle
from golive.service.routes import Area
from golive.service.served import ServedModel

__all__ = ["models_area", "version_paths"]


def version_paths(model: ServedModel) -> tuple[tuple[str, str], ...]:
    """The end of a path below a model's name, and its pattern: of no version, then of each name.

    A version's names are its short id and, where it is known, the bundle's whole id.
    """
    names = dict.fromkeys((model.version, str(model.facts.get("id", model.version))))
    return (("", ""), *((f"/versions/{name}", "/versions/{version}") for name in names))


def models_area(path: str, models: Sequence[ServedModel], style: ProblemStyle) -> Area:
    """The area of a protocol that has its models at `<path>/models/<name>[/versions/<version>]`.

    Args:
        path: Where the protocol begins, such as `/v2`.
        models: The models that are served.
        style: How its problems are written.
    """
    versions = {model.name: model.version for model in models}

    def explain(looked_for: str) -> str | None:
        name, _, rest = looked_for.removeprefix(f"{path}/models/").partition("/")
        if name == looked_for or not name:
            return None
        name = name.partition(":")[0]
        if name not in versions:
            served = ", ".join(versions) or "none"
            return f"There is no model {name!r} here; served are: {served}."
        version = rest.removeprefix("versions/").partition("/")[0].partition(":")[0]
        if not rest.startswith("versions/") or looked_for_is_served(name, version):
            return None
        return f"{name} has no version {version!r} here; the one served is {versions[name]!r}."

    def looked_for_is_served(name: str, version: str) -> bool:
        return any(model.name == name and _is_named(model, version) for model in models)

    return Area(path=path, style=style, explain=explain)


def _is_named(model: ServedModel, version: str) -> bool:
    return f"/versions/{version}" in dict(version_paths(model))
