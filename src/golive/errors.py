"""Every error golive raises, under one base.

GoliveError
├── UsageError            what was asked for cannot be (a missing file, a bad option)
├── MissingExtraError     an optional package is not installed
├── SignatureError        a signature cannot be inferred, read or edited as asked
├── PackError             a model and its data do not make a bundle
│   └── ModelLoadError    the model cannot be loaded (again)
│       └── PickleRefusedError    it is a pickle, and those were refused
├── BundleError           a bundle cannot be read
│   ├── BundleCorruptError    a file in it is not the one that was packed
│   └── BundleFormatError     its format version is not known here
├── EnvironmentDriftError golden records are answered differently than when they were packed
├── ModelOutputError      the model returned something that is no answer (wrong length, wrong shape)
├── RequestError          a request cannot be read or asks what the model cannot do
│   └── BackendError          the process that holds the model crashed, or does not run
└── RecordError           one record cannot be answered (raised or returned by function models, too)

Statuses and exit codes are mapped at the edges (`golive.service.problems`, `golive.cli`).
"""

from __future__ import annotations

__all__ = [
    "BackendError",
    "BundleCorruptError",
    "BundleError",
    "BundleFormatError",
    "EnvironmentDriftError",
    "GoliveError",
    "MissingExtraError",
    "ModelLoadError",
    "ModelOutputError",
    "PackError",
    "PickleRefusedError",
    "RecordError",
    "RequestError",
    "SignatureError",
    "UsageError",
]


class GoliveError(Exception):
    """The base of golive's errors.

    Attributes:
        code: Stable, snake_case name of what happened.
        message: What happened, to which thing.
        hint: What to do about it, or None.
    """

    code = "golive_error"

    def __init__(self, message: str, *, hint: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code


class UsageError(GoliveError):
    """The caller asked for something that cannot be done as asked."""

    code = "usage"


class MissingExtraError(GoliveError):
    """An optional package is needed and not installed."""

    code = "missing_extra"


class SignatureError(GoliveError):
    """A signature cannot be inferred, read or edited as asked."""

    code = "bad_signature"


class PackError(GoliveError):
    """A model and its data do not make a bundle."""

    code = "pack_failed"


class ModelLoadError(PackError):
    """A model cannot be loaded, or not loaded again in a clean process."""

    code = "model_not_loadable"


class PickleRefusedError(ModelLoadError):
    """A model is stored as a pickle, whose loading runs code, and that was refused."""

    code = "pickle_refused"


class BundleError(GoliveError):
    """A bundle cannot be read."""

    code = "bad_bundle"


class BundleCorruptError(BundleError):
    """A file of a bundle is missing, added or not the one that was packed.

    Attributes:
        file: The path of the offending file inside the bundle.
    """

    code = "bundle_corrupt"

    def __init__(self, message: str, *, file: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.file = file


class BundleFormatError(BundleError):
    """A bundle's format version is not known to this golive."""

    code = "bundle_format"


class EnvironmentDriftError(GoliveError):
    """Golden records are answered differently than when the bundle was packed."""

    code = "environment_drift"


class ModelOutputError(GoliveError):
    """A model returned something that is no answer, such as the wrong number of outputs."""

    code = "model_output"


class RequestError(GoliveError):
    """A request as a whole cannot be read, or asks what the model cannot do.

    Its code is what the caller branches on: `malformed_json`, `bad_request_shape`,
    `bad_option`, `threshold_not_supported`, `too_many_records`, `body_too_large`, ….
    """

    code = "bad_request"


class BackendError(RequestError):
    """The process that holds a model apart cannot answer.

    Its code is `backend_crashed` where the process ended while it had the request, and
    `backend_unavailable` where there is none that could be asked.
    """

    code = "backend_unavailable"


class RecordError(GoliveError):
    """One record (or, in a function model's list, one item) cannot be answered.

    A function model raises it for the whole record, or returns it in place of an item of its
    answer, where it becomes `{"error": {"code", "message", "field"?}}`.

    Args:
        code: Stable, snake_case name of the fault.
        message: What is wrong and what would be right.
        field: Path of the offending field, such as `budgets[2].budget_id`.
    """

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message, code=code)
        self.field = field
