"""The model card: what a person wants to know before using a model, as Markdown.

The head is YAML as Hugging Face reads it. What is known is filled in; what only a person knows is
marked, so that `card_blanks` finds it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import assert_never

from golive.bundle.card_head import card_head
from golive.bundle.card_tables import columns_table, metrics_table
from golive.bundle.manifest import ModelSpec
from golive.bundle.profile import Profile
from golive.signature.model import Output, Signature

__all__ = ["BLANK", "CardFacts", "build_card", "card_blanks"]

BLANK = "**TO FILL IN:**"
"""What marks a blank, followed by what belongs there."""

_BLANK = re.compile(rf"{re.escape(BLANK)}[ \t]*(.*?)[ \t\r]*$", re.MULTILINE)
_LICENSE_BLANK = f"# {BLANK} license: one of hf.co/docs/hub/repositories-licenses\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """What is known of a model; an empty text stands for what is not.

    Attributes:
        name: The model's name.
        model: How it is loaded.
        signature: What it takes and gives.
        profile: The reference profile; its evaluation, if any, becomes the results.
        requirements: Exact requirements.
        python_version: Of the process that packed.
        pack_command: The command that makes the bundle again.
        golden_count: The number of golden records.
        tolerance: Largest relative difference of a golden score that is still the same answer.
        data_name: What the training sample is called, such as its file's name.
        data_sha256: Its hash, or None.
        evaluation_name: What the held-out sample is called.
        git_commit: The commit of the working directory, or None.
        notes: What pack found worth telling, one sentence each.
        business_question: What is decided with the answers.
        owner: Who answers for the model.
        intended_use: Who may use it for what, and what it is not for.
        license: The licence's id at Hugging Face, such as `apache-2.0`.
    """

    name: str
    model: ModelSpec
    signature: Signature
    profile: Profile
    requirements: tuple[str, ...]
    python_version: str
    pack_command: str
    golden_count: int
    tolerance: float
    data_name: str = "training sample"
    data_sha256: str | None = None
    evaluation_name: str = "held-out sample"
    git_commit: str | None = None
    notes: tuple[str, ...] = ()
    business_question: str = ""
    owner: str = ""
    intended_use: str = ""
    license: str = ""


def build_card(facts: CardFacts) -> str:
    """The text of card.md."""
    sections = (
        ("Business question", _or_blank(facts.business_question, "what is decided with it?")),
        ("Owner", _or_blank(facts.owner, "who answers for this model, and how to reach them")),
        ("Intended use", _or_blank(facts.intended_use, "who uses it for what; what it is not for")),
        ("Inputs", _inputs(facts)),
        ("Output", _output(facts.signature.output)),
        ("Metrics of interest", _metrics_of_interest(facts)),
        ("Evaluation", _evaluation(facts)),
        ("How to monitor", _monitoring(facts)),
        ("How to build", _building(facts)),
        ("Limits", _limits(facts)),
        ("Golden records", _golden(facts)),
    )
    body = "\n".join(f"## {title}\n\n{text}\n" for title, text in sections)
    head = card_head(
        facts.name,
        facts.model.kind,
        facts.signature,
        facts.profile.evaluation,
        dataset_name=facts.evaluation_name,
        license_id=facts.license,
    )
    blank = "" if facts.license else _LICENSE_BLANK
    return f"---\n{head}{blank}---\n\n# {facts.name}\n\n{body}"


def card_blanks(text: str) -> list[str]:
    """What is still to be filled in by a person, in the order of the card."""
    return _BLANK.findall(text)


def _or_blank(text: str, question: str) -> str:
    return text.strip() or f"{BLANK} {question}"


def _inputs(facts: CardFacts) -> str:
    if facts.signature.form == "object":
        return "One request a record, as the JSON Schema in `signature.toml` says."
    table = columns_table(facts.signature.columns)
    sample = f"the {facts.profile.rows:,} rows of {facts.data_name}"
    return f"{table}\n\nRanges and categories are those of {sample}."


def _output(output: Output) -> str:
    name = f"`{output.name}`: " if output.name else ""
    classes = ", ".join(f"`{value}`" for value in output.classes[:20])
    more = f" and {len(output.classes) - 20} more" if len(output.classes) > 20 else ""
    described = f"\n\n{output.description}" if output.description else ""
    match output.kind:
        case "binary":
            threshold = output.threshold
            rule = "as the model itself decides" if threshold is None else f"at {threshold:g}"
            text = (
                f"one of two classes ({classes}); the score is the probability of "
                f"`{output.positive}`, and the label changes {rule}."
            )
        case "multiclass":
            text = f"one of {len(output.classes)} classes: {classes}{more}."
        case "regression":
            text = "a number."
        case "custom":
            text = "a JSON value of the model's own form."
        case _:
            assert_never(output.kind)
    return f"{name}{text}{described}"


def _metrics_of_interest(facts: CardFacts) -> str:
    blank = f"{BLANK} which of these the business question turns on, and from what value on"
    match facts.signature.output.kind:
        case "binary":
            return f"Precision and recall at the threshold, ROC AUC, log loss.\n\n{blank}"
        case "multiclass":
            return f"Accuracy, macro F1, log loss.\n\n{blank}"
        case "regression":
            return f"Mean absolute error, root mean squared error, R².\n\n{blank}"
        case "custom":
            return f"{BLANK} what tells a good answer from a bad one, and how it is measured"


def _evaluation(facts: CardFacts) -> str:
    evaluation = facts.profile.evaluation
    if evaluation is None:
        return (
            "No held-out sample was given, so there are no metrics: on the rows that the model was "
            "trained on they would promise too much. `golive pack --eval held_out.csv` adds them."
        )
    skipped = f" ({evaluation.skipped:,} without truth or answer)" if evaluation.skipped else ""
    return (
        f"On {evaluation.rows:,} rows of {facts.evaluation_name}{skipped}, beside a baseline that "
        f"looks at no input ({evaluation.baseline_name}):\n\n{metrics_table(evaluation)}"
    )


def _monitoring(facts: CardFacts) -> str:
    watched = ["- Inputs: share of nulls, range and categories of each column against the profile."]
    if facts.profile.scores is not None:
        watched.append("- Scores: their distribution against that of the held-out sample.")
    watched.append("- Errors by code, latency and traffic, from `/metrics`.")
    watched.append(f"- {BLANK} when and from where the truth arrives, and who is told of an alarm")
    return "\n".join(watched)


def _building(facts: CardFacts) -> str:
    lines = [
        f"```sh\n{facts.pack_command}\n```\n",
        f"- Python {facts.python_version}, with the packages of `requirements.txt`: "
        + (", ".join(f"`{line}`" for line in facts.requirements) or "none"),
    ]
    if facts.data_sha256:
        lines.append(f"- Training sample: {facts.data_name}, SHA-256 `{facts.data_sha256}`")
    if facts.git_commit:
        lines.append(f"- Commit: `{facts.git_commit}`")
    return "\n".join(lines)


def _limits(facts: CardFacts) -> str:
    lines = [f"- {note}" for note in facts.notes]
    lines.append(f"- {BLANK} for whom or what it is known to be wrong, unfair or untested")
    return "\n".join(lines)


def _golden(facts: CardFacts) -> str:
    return (
        f"{facts.golden_count} records with the answers of the packed model are in `golden.jsonl`. "
        f"They are answered again before the model serves; a score that differs by more than "
        f"{facts.tolerance:g} (relative), or any other label, keeps it from serving."
    )
