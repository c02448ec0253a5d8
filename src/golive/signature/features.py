"""Features of a signature: columns that other models answer, and what callers send instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from golive.errors import SignatureError
from golive.signature.json_schema import record_schema
from golive.signature.lookups import check_lookups
from golive.signature.model import Column, FeatureSource, JsonValue, Output, Signature

__all__ = ["chained_signature", "check_features", "check_outputs"]

_FORMS = ("frame", "matrix", "tensors")


def check_features(signature: Signature) -> None:
    """Refuse sources that give no column of the model, or one that has another source.

    Raises:
        SignatureError: Naming the source, and what is wrong with it.
    """
    taken: dict[str, str] = dict.fromkeys(signature.looked_up, "a lookup")
    names = [source.model for source in signature.features]
    for at, source in enumerate(signature.features):
        if source.model in names[:at]:
            raise SignatureError(
                f'The features of "{source.model}" stand there twice.',
                hint="Put all of them into one [[features]] table.",
            )
        if problem := _problem(source, signature, taken):
            raise SignatureError(
                f'The features of "{source.model}": {problem}.',
                hint="Mend its [[features]] table.",
            )
        taken |= dict.fromkeys(source.outputs, f'"{source.model}"')


def check_outputs(features: FeatureSource, output: Output) -> None:
    """Refuse an output that the source does not have; members of a `value` are not known before.

    Raises:
        SignatureError: Naming it, and those that there are.
    """
    known = _known_outputs(output)
    for column, path in features.outputs.items():
        head = path.partition(".")[0]
        if path not in known and not (head == "value" and output.kind == "custom"):
            raise SignatureError(
                f'The column "{column}" is to be {path} of {features.model}, which gives no such '
                "output.",
                hint=f"It gives {', '.join(known)}.",
            )


def chained_signature(own: Signature, sources: Mapping[str, Signature]) -> Signature:
    """What callers send to a model whose sources are asked first, and what they get.

    Its columns are those of the sources and of the model itself, but for those that the sources
    give. Where a source takes no columns, callers send an object with the members of all.

    Args:
        own: Of the model itself.
        sources: Of each source, by its name.

    Raises:
        SignatureError: Two of them have a column that is not the same, or a source takes no object.
    """
    made = {column for features in own.features for column in features.outputs}
    if any(source.form == "object" for source in sources.values()):
        return _chained_objects(own, sources, made)
    columns = {column.name: column for column in own.columns if column.name not in made}
    for name, source in sources.items():
        for column in source.columns:
            shared = columns.setdefault(column.name, column)
            if _rules_of(shared) != _rules_of(column):
                raise SignatureError(
                    f'The column "{column.name}" of {name} has other rules than that of the model '
                    "whose features it gives.",
                    hint="golive repack one of them with --signature, and the rules of the other.",
                )
    if not columns:
        raise SignatureError("There is nothing left that callers would send.")
    lookups = [*own.lookups, *(each for source in sources.values() for each in source.lookups)]
    chained = Signature(
        form="frame",
        columns=tuple(columns.values()),
        output=own.output,
        on_extra=own.on_extra,
        lookups=tuple(dict.fromkeys(lookups)),
        features=own.features,
    )
    if chained.lookups:
        check_lookups(chained)
    return chained


def _problem(source: FeatureSource, signature: Signature, taken: dict[str, str]) -> str:
    if signature.form not in _FORMS:
        return f"a model of the form {signature.form} has no columns for them"
    if not source.outputs:
        return "there are none"
    for column in source.outputs:
        if column not in signature.column_names:
            return f'"{column}" is no column of the model'
        if column in taken:
            return f'the column "{column}" is already given by {taken[column]}'
    return ""


def _known_outputs(output: Output) -> list[str]:
    match output.kind:
        case "regression":
            return ["score"]
        case "custom":
            return ["value"]
        case "binary" | "multiclass":
            probabilities = [f"probabilities.{_text(value)}" for value in output.classes]
            return ["label", "score", *probabilities] if output.has_probabilities else ["label"]


def _text(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _rules_of(column: Column) -> Column:
    """A column without what says nothing of the values that it takes."""
    rules = replace(column, description="", example=None, nullable=False)
    return rules if rules.on_range == "error" else replace(rules, minimum=None, maximum=None)


def _chained_objects(own: Signature, sources: Mapping[str, Signature], made: set[str]) -> Signature:
    properties: dict[str, JsonValue] = {}
    required: dict[str, None] = {}
    definitions: dict[str, JsonValue] = {}
    for name, schema in [("", record_schema(own)), *_schemas(sources)]:
        if "properties" not in schema:
            raise SignatureError(
                f"{name} takes no object with members, so that its request cannot be told from the "
                "columns of the model whose features it gives.",
                hint="Let its request be a dataclass, a TypedDict or a msgspec Struct.",
            )
        left_out = made if not name else set()
        for member, described in schema["properties"].items():
            if member not in left_out:
                properties.setdefault(member, described)
        required |= dict.fromkeys(m for m in schema.get("required", ()) if m not in left_out)
        definitions |= schema.get("$defs", {})
    together: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "required": list(required),
    }
    if definitions:
        together["$defs"] = definitions
    return Signature(
        form="object", columns=(), output=own.output, json_schema=together, features=own.features
    )


def _schemas(sources: Mapping[str, Signature]) -> Sequence[tuple[str, dict[str, JsonValue]]]:
    return [(name, record_schema(source)) for name, source in sources.items()]
