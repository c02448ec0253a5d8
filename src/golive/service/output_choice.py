"""Output choice: which part of an answer a protocol with one value a record gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from golive.engine.answers import Answer, Defaulted, Fault, defaulted_to_json
from golive.engine.values import describe
from golive.errors import RequestError
from golive.service.answering import Outcome
from golive.service.calls import Call, Reply
from golive.signature.model import JsonValue, Output

__all__ = [
    "AnswerOptions",
    "answer_options",
    "checked_output",
    "defaults_to_json",
    "fault_to_error",
    "null_predictions_reply_of",
    "output_names",
]

_OPTIONS = ("output", "threshold", "top")


class AnswerOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller wants of the answers, as sent but for the output.

    Attributes:
        output: One of `output_names`, or None for the first.
        threshold: As sent, or None.
        top: As sent, or None.
    """

    output: str | None = None
    threshold: JsonValue = None
    top: JsonValue = None


def output_names(output: Output) -> tuple[str, ...]:
    """What a model's answers have, the one that is given unless asked otherwise first."""
    match output.kind:
        case "regression":
            return ("score",)
        case "custom":
            return ("value",)
        case "binary" | "multiclass":
            return ("label", "score", "probabilities") if output.has_probabilities else ("label",)


def checked_output(name: JsonValue, output: Output) -> str:
    """The name of an output that the model has.

    Raises:
        RequestError: `bad_option` if it has no such output.
    """
    names = output_names(output)
    if isinstance(name, str) and name in names:
        return name
    raise RequestError(
        f"The output must be one of {', '.join(names)}; got {describe(name)}.",
        code="bad_option",
        hint="Ask for one of these, or for none.",
    )


def answer_options(
    value: JsonValue, output: Output, *, key: str, ignored: frozenset[str] = frozenset()
) -> AnswerOptions:
    """The options in a protocol's own object of them.

    Args:
        value: The object, or None.
        output: Of the signature.
        key: Where it stands in the body, for messages.
        ignored: What may stand there, too, and says nothing to golive.

    Raises:
        RequestError: `bad_request_shape` if it is no object, `bad_option` for any other option.
    """
    if value is None:
        return AnswerOptions()
    if not isinstance(value, Mapping):
        raise RequestError(
            f"`{key}` must be an object, got {describe(value)}.", code="bad_request_shape"
        )
    options = {name: option for name, option in value.items() if name not in ignored}
    unknown = sorted(options.keys() - set(_OPTIONS))
    if unknown:
        raise RequestError(
            f"`{key}` has no option {describe(unknown[0])}.",
            code="bad_option",
            hint=f"The options are {', '.join(_OPTIONS)}.",
        )
    asked = options.pop("output", None)
    chosen = None if asked is None else checked_output(asked, output)
    return AnswerOptions(output=chosen, **options)


def null_predictions_reply_of(
    options: AnswerOptions, *, keys: tuple[str, ...]
) -> Callable[[Call, Outcome], Reply]:
    """Makes replies: a value a record under `keys`, null where it failed, `errors` that say why.

    Where columns could not be looked up, `defaults` say of which records and why.
    """

    def reply_of(call: Call, outcome: Outcome) -> Reply:
        return _null_predictions_reply(call, outcome, options, keys)

    return reply_of


def _null_predictions_reply(
    call: Call, outcome: Outcome, options: AnswerOptions, keys: tuple[str, ...]
) -> Reply:
    output = call.served.engine.signature.output
    name = options.output or output_names(output)[0]
    predictions = [_part(entry, name) for entry in outcome.entries]
    body: dict[str, JsonValue] = dict.fromkeys(keys, predictions)
    if outcome.faults:
        body["errors"] = [fault_to_error(at, fault) for at, fault in outcome.faults.items()]
    if outcome.decoded.defaults:
        body["defaults"] = defaults_to_json(outcome.decoded.defaults)
    problem = outcome.failure(told_in="errors")
    if problem is None:
        return outcome.reply(body)
    problem.members.update(body)
    return outcome.refusal(call, problem)


def _part(entry: Answer | Fault, name: str) -> JsonValue:
    if isinstance(entry, Fault):
        return None
    match name:
        case "label":
            return entry.label
        case "score":
            return entry.score
        case "probabilities":
            return entry.probabilities
        case _:
            return entry.value


def defaults_to_json(defaults: Mapping[int, Sequence[Defaulted]]) -> list[JsonValue]:
    """The items of `defaults`: which columns of which record could not be looked up, and why."""
    return [
        {"index": at, **defaulted_to_json(each)}
        for at, record in defaults.items()
        for each in record
    ]


def fault_to_error(index: int, fault: Fault) -> dict[str, JsonValue]:
    """An item of `errors`: which record failed, and why."""
    error: dict[str, JsonValue] = {"index": index, "code": fault.code}
    if fault.field is not None:
        error["field"] = fault.field
    return error | {"message": fault.message}
