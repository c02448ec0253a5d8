"""Write docs/reference/ from the code: `python tools/reference.py` (or `make docs`).

`--check` writes nothing and fails where a page is not what the code says.
"""

import inspect
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from golive import errors, settings
from golive.cli.main import COMMANDS, command
from golive.cli.options import flag_of
from golive.compiling.not_exported import NOT_EXPORTED
from golive.compiling.table import EXPORTERS
from golive.deploying.aws.explaining import explained
from golive.deploying.aws.setting_table import AWS_SETTINGS
from golive.engine.coercion import coercion_table
from golive.engine.json_body import MAX_DEPTH
from golive.function_settings import FUNCTION_SETTINGS
from golive.http.front.limits import FrontLimits
from golive.scorer import format as program_format
from golive.service.compression import FREE_BYTES
from golive.service.problems import RECORD_CODES, STATUSES
from golive.setting import Setting
from golive.signature.model import MAX_BYTES
from golive.signature.policies import policy_table

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
WRITTEN = "<!-- Written by `make docs` from the code: edit the code instead. -->"

MEANINGS = {
    "missing_column": "A column of the signature is not in the record.",
    "wrong_type": "A value is not of the column's type, also after the documented coercions.",
    "null_not_allowed": "A value is null and the fitted model does not accept nulls there.",
    "unseen_category": "A category that the fitted encoder does not handle.",
    "non_finite": "A number is NaN or infinite.",
    "out_of_range": "A value is outside the sample's range and the signature makes that an error.",
    "extra_column": "A column is not in the signature and the signature makes that an error.",
    "not_an_object": "A record is not what the model takes, such as a number for an object.",
    "bad_base64": "A value of bytes or an image is no base64.",
    "bad_image": "The bytes are no image of a known kind, or a damaged one.",
    "too_deep": "A record (or the body, where it cannot be told which) nests too deeply.",
    "text_too_long": "A text in a record is longer than the limit.",
    "too_large": "A value, or all images of the request, have more bytes or pixels than allowed.",
    "lookup_missed": "A column is not sent, a store has no value of it, and it has no default.",
    "lookup_failed": "A column is not sent, the store was not to be asked, and it has no default.",
    "model_failed": "The model itself raised for this record, or for all.",
    "non_finite_output": "The model gave NaN or infinity.",
    "deadline_exceeded": "On AWS Lambda: the time was over before the record's turn, or any's.",
    "answer_too_large": "The answer is larger than what carries it takes; `records_that_fit` says "
    "how many of the records to send at a time.",
    "malformed_json": "The body is no JSON.",
    "malformed_csv": "The body is no CSV with a header.",
    "malformed_encoding": "The body cannot be decompressed as its `Content-Encoding` says.",
    "failed_records": "Open Inference Protocol: a record has no answer, and a tensor no null.",
    "bad_query": "The query string cannot be read.",
    "bad_request": "The request cannot be read.",
    "not_authenticated": "A signed request is not signed with the server's secret, or not in time.",
    "key_required": "No key was sent, and this path needs one.",
    "bad_key": "What was sent is no key or token, or one that was revoked or has ended.",
    "not_allowed": "The key is not for this path or model.",
    "origin_not_allowed": "A page of an origin that `--cors-origins` leaves out may not ask.",
    "address_not_allowed": "The address is not among those that `--allow-ips` or the key lets in.",
    "not_found": "There is no such path or model.",
    "method_not_allowed": "The path does not take this method; `Allow` lists those it does.",
    "not_acceptable": "`Accept` leaves out JSON.",
    "read_time_limit": "The request did not arrive in time.",
    "version_not_served": "The header `golive-version` asks for a version that is not served here.",
    "body_too_large": "The body is over the limit.",
    "ratio_too_large": "A compressed body becomes too many times larger than it was sent.",
    "too_many_records": "The request has more records than the limit.",
    "unsupported_media_type": "The body is not declared as JSON, or in no known coding.",
    "host_not_allowed": "`Host` is neither loopback nor allowed (`--allow-host`).",
    "bad_request_shape": "The body is JSON, but no record, list of records or envelope.",
    "bad_option": "`threshold`, `top` or `ids` has a value that it cannot have.",
    "threshold_not_supported": "A threshold was given for a model that is not binary.",
    "invalid_records": "No record could be answered, and all faults are the input's.",
    "rate_limited": "The key asks faster than its rate; `Retry-After` says when to come again.",
    "quota_exceeded": "The key's quota is used up; `Retry-After` says when the next one begins.",
    "headers_too_large": "The request line and the headers are too large.",
    "client_disconnected": "The caller left before the answer (in logs and metrics only).",
    "write_time_limit": "The caller read nothing of its answer in time (in metrics only).",
    "internal_error": "golive itself failed.",
    "backend_crashed": "The process that holds the model ended while it had the request.",
    "backend_unavailable": "The process that holds the model does not run; it is started again.",
    "starting": "The models are being loaded.",
    "draining": "The server is about to end.",
    "too_many_connections": "Too many connections are open; `Retry-After` says when to come again.",
    "overloaded": "Too much is being answered already; `Retry-After` says when to come again.",
    "keys_unavailable": "The file of keys, or what the tokens' issuer publishes, cannot be read; "
    "the log says why.",
    "limits_unavailable": "Where limits are counted nothing answers (`--limits-fail closed`).",
    "time_limit": "The answer took longer than the limit.",
}

_FRONT = FrontLimits()
#: What is limited; the settings that say how much (or the number that golive has); what becomes
#: of more; the codes, or the metric, by which it is counted.
LIMITS: tuple[tuple[str, tuple[str, ...] | str, str, tuple[str, ...]], ...] = (
    (
        "the request line and the headers",
        f"{_FRONT.head_bytes:,} bytes",
        "431, and the connection is closed",
        ("headers_too_large",),
    ),
    ("time for them to arrive", ("header_limit",), "408", ("read_time_limit",)),
    ("a body, as sent and when decompressed", ("body_limit",), "413", ("body_too_large",)),
    (
        "how many times larger a compressed body becomes",
        ("max_decompression",),
        f"413 where it is more than {FREE_BYTES:,} bytes, too",
        ("ratio_too_large",),
    ),
    ("time for a body to arrive", ("read_limit",), "408", ("read_time_limit",)),
    ("records of a request", ("max_records",), "413", ("too_many_records",)),
    (
        "nesting of lists and objects in a record",
        f"{MAX_DEPTH} levels",
        "that record fails; 400 where it nests so deep that none can be named",
        ("too_deep",),
    ),
    ("characters of a text in a record", ("max_text",), "that record fails", ("text_too_long",)),
    (
        "bytes or an image in a record",
        f"{MAX_BYTES:,} bytes, unless the signature has `max_bytes`",
        "that record fails",
        ("too_large",),
    ),
    ("an answer to records", ("max_answer",), "413", ("answer_too_large",)),
    ("time for an answer, waiting included", ("time_limit",), "504", ("time_limit",)),
    ("requests that threads have in hand", ("threads", "queue"), "503", ("overloaded",)),
    (
        "open connections of a worker",
        ("connections",),
        "503; beyond 64 more they are closed without a word",
        ("too_many_connections",),
    ),
    (
        "memory of a worker",
        ("worker_memory",),
        "another one takes its place",
        ('golive_workers_replaced_total{reason="memory"}',),
    ),
    (
        "time in which a client reads nothing of its answer",
        ("write_limit",),
        "the connection is closed",
        ("write_time_limit",),
    ),
    (
        "time without a request",
        ("idle_limit",),
        "the connection is closed",
        ('golive_connections_ended_total{limit="idle"}',),
    ),
    (
        "time to agree on TLS",
        ("header_limit",),
        "the connection is closed",
        ('golive_connections_ended_total{limit="handshake"}',),
    ),
    (
        "what a client still does after an answer that ended its connection",
        f"{_FRONT.linger_seconds:g} s without a byte, the time of a body, twice its largest size",
        "the connection is cut",
        ('golive_connections_ended_total{limit="lingering"}',),
    ),
    (
        "requests of one connection at a time",
        f"{_FRONT.pipeline}",
        "further ones are read when one is answered",
        (),
    ),
)


def command_line() -> Iterator[str]:
    """The page of the commands: what `--help` prints."""
    yield "# Command line\n"
    yield "Data goes to stdout, everything else to stderr. Exit codes: 0 done, 1 failed, 2 misused."
    yield from _help("golive", command, None)
    root = click.Context(command, info_name="golive", **command.context_settings)
    for name in COMMANDS:
        found = command.get_command(root, name)
        assert found is not None
        yield from _help(f"golive {name}", found, root)
        if isinstance(found, click.Group):
            parent = click.Context(found, info_name=name, parent=root)
            for part, inner in found.commands.items():
                yield from _help(f"golive {name} {part}", inner, parent)


def _help(title: str, found: click.Command, parent: click.Context | None) -> Iterator[str]:
    options = found.context_settings | {"terminal_width": 96}
    name = title.rpartition(" ")[2]
    context = click.Context(found, info_name=name, parent=parent, **options)
    yield f"\n## `{title}`\n\n```text\n{found.get_help(context)}\n```"


def settings_page() -> Iterator[str]:
    """The page of the settings."""
    yield "# Settings\n"
    yield "A flag counts before the environment, the environment before the default.\n"
    yield "| environment variable | type | default | what it does |\n|---|---|---|---|"
    for setting in (*settings.SETTINGS, *settings.SERVE_SETTINGS):
        yield _setting_row(setting.variable, setting)
    yield "| `GOLIVE_DEBUG` | boolean | `False` | Whether errors show their traceback. |"
    yield "| `NO_COLOR` | text | | Any value: no colours. |"
    yield "\n## Of AWS\n"
    yield "The table `[aws]` of golive.toml; that of a stage, such as `[aws.prod]`, counts first,"
    yield "and `[aws.tags]` holds tags of all resources. `golive aws` reads it.\n"
    yield "| key | type | default | what it does, and why it is so by default |\n|---|---|---|---|"
    for setting in AWS_SETTINGS:
        yield _setting_row(setting.name, setting)
    yield "\n## Of a function\n"
    yield "On [AWS Lambda](../aws.md), beside those above; a package may have all of them in"
    yield "`golive-lambda.json`, by name.\n"
    yield "| environment variable | type | default | what it does |\n|---|---|---|---|"
    for setting in FUNCTION_SETTINGS:
        yield _setting_row(setting.variable, setting)


def _setting_row(name: str, setting: Setting) -> str:
    default = "" if setting.default in (None, (), "") else f"`{setting.default}`"
    return f"| `{name}` | {setting.type} | {default} | {setting.sentence} |"


def validation_page() -> Iterator[str]:
    """The page of what columns accept and what happens where they do not."""
    yield "# Validation\n"
    yield "Columns match by name. These rules are the same in every protocol and in process.\n"
    yield "## What a column of each type accepts\n"
    yield coercion_table()
    yield "## What happens otherwise\n"
    yield "The first policy of a key is its default; `on_null` is settled when a bundle is packed,"
    yield "by asking the fitted model, and so is `on_unseen`. Change them in `signature.toml`.\n"
    yield policy_table().rstrip()


def errors_page() -> Iterator[str]:
    """The page of the errors: codes in answers, statuses, and exceptions."""
    yield "# Errors\n"
    yield "## Of a record\n"
    yield 'In the place of the record in `predictions`: `{"error": {code, message, field?}}`.'
    yield "A function model adds codes of its own.\n"
    yield "| code | means |\n|---|---|"
    yield from (f"| `{code}` | {MEANINGS[code]} |" for code in sorted(RECORD_CODES))
    yield "\n## Of a request\n"
    yield "The body is `application/problem+json` (RFC 9457) with this `code`.\n"
    yield "| status | code | means |\n|---|---|---|"
    for code, status in sorted(STATUSES.items(), key=lambda item: (item[1], item[0])):
        yield f"| {status} | `{code}` | {MEANINGS[code]} |"
    yield "\n## Of AWS\n"
    yield "What AWS refuses is recognised by its code and words; a missing permission comes with"
    yield "the least policy that allows it (`not_allowed`; or `denied`: one forbids it).\n"
    yield "| code | means | what to do |\n|---|---|---|"
    yield from (f"| `{code}` | {message} | {hint} |" for code, message, hint in explained())
    yield "\n## In Python\n"
    yield "Every error is a `golive.GoliveError` with `code`, `message` and `hint`.\n"
    yield "| exception | code | means |\n|---|---|---|"
    for name in errors.__all__:
        kind = getattr(errors, name)
        sentence = (inspect.getdoc(kind) or "").splitlines()[0]
        code = "its own" if kind is errors.RecordError else f"`{kind.code}`"
        yield f"| `{name}` | {code} | {sentence} |"


def limits_page() -> Iterator[str]:
    """The page of the limits: what a request may cost, and what becomes of one that costs more."""
    found = {setting.name: setting for setting in settings.SERVE_SETTINGS}
    yield "# Limits\n"
    yield "Everything that a caller can make large, long or many has a limit. What is over one is"
    yield 'refused with a code of its own and counted in `golive_errors_total{code="…"}`; where'
    yield "nobody could be told a code, in the metric that the table names. The other records of"
    yield "the request, and other callers, are answered.\n"
    yield "| what | by default | set by | more is | counted as |\n|---|---|---|---|---|"
    for what, limit, outcome, codes in LIMITS:
        listed = ", ".join(f"`{code}`" for code in codes)
        if isinstance(limit, str):
            yield f"| {what} | {limit} | | {outcome} | {listed} |"
            continue
        defaults = " + ".join(_shown_default(found[name]) for name in limit)
        flags = ", ".join(f"`{flag_of(found[name])}`" for name in limit)
        yield f"| {what} | {defaults} | {flags} | {outcome} | {listed} |"


def _shown_default(setting: Setting) -> str:
    units = {"number": " s", "integer": " bytes"} if setting.name.endswith("_limit") else {}
    if setting.default is None:
        return "none"
    shown = f"{setting.default:g}" if isinstance(setting.default, float) else f"{setting.default:,}"
    return f"{shown}{units.get(setting.type, '')}"


def compiled_page() -> Iterator[str]:
    """The page of compiled models: what is compiled, and how a program is written."""
    yield "# Compiled models\n"
    yield "## What is compiled\n"
    yield "Estimators of exactly these classes, with the options that their exporters know; a model"
    yield "with any other step is answered by the original. `golive compile` names what stands in"
    yield "the way.\n"
    for package in sorted({name.partition(".")[0] for name in EXPORTERS}):
        names = sorted(n.partition(".")[2] for n in EXPORTERS if n.startswith(f"{package}."))
        yield f"- {package}: {', '.join(f'`{name}`' for name in names)}"
    yield "\n`MultiOutputClassifier` and `ClassifierChain` answer a list of labels a record,"
    yield "without probabilities. Steps may give frames of pandas (`set_output`). Linear"
    yield "classifiers, decompositions, perceptrons and vectorizers that compute in 32 bits are"
    yield "left to the original: sums that are rounded at every step have other last bits"
    yield "elsewhere.\n"
    yield "## What is not\n"
    yield "scikit-learn's other estimators, by the reason:\n"
    for reason in sorted(set(NOT_EXPORTED.values())):
        names = sorted(name for name, why in NOT_EXPORTED.items() if why == reason)
        yield f"- {reason}: {', '.join(f'`{name}`' for name in names)}"
    yield "\n## The format of a program\n"
    yield (inspect.getdoc(program_format) or "").partition("\n")[2].strip()
    yield "\n## The steps\n"
    yield "| op | what it makes of a row |\n|---|---|"
    for family in sorted(program_format.FAMILIES):
        module = f"golive.scorer.rows.{family}"
        if find_spec(module) is None:
            continue
        for name, builder in sorted(import_module(module).OPS.items()):
            text = " ".join((inspect.getdoc(builder) or "").split())
            yield f"| `{family}.{name}` | {text.replace('|', chr(92) + '|')} |"


PAGES = {
    "compiled-models.md": compiled_page,
    "command-line.md": command_line,
    "settings.md": settings_page,
    "validation.md": validation_page,
    "errors.md": errors_page,
    "limits.md": limits_page,
}


def main() -> int:
    """Write the pages, or check them."""
    outdated = []
    for name, lines in PAGES.items():
        text = f"{WRITTEN}\n" + "\n".join(lines()) + "\n"
        page = FOLDER / name
        if "--check" in sys.argv[1:]:
            if not page.exists() or page.read_text() != text:
                outdated.append(name)
        else:
            FOLDER.mkdir(parents=True, exist_ok=True)
            page.write_text(text)
    if outdated:
        print(f"docs/reference is outdated: {', '.join(outdated)}; type `make docs`")
    return 1 if outdated else 0


if __name__ == "__main__":
    sys.exit(main())
