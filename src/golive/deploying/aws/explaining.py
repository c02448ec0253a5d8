"""Why AWS refused and what to type next: one table of what people meet."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from golive.deploying.aws.denials import explain_denial
from golive.deploying.aws.failures import AwsError, Explanation, Failure

__all__ = ["error_of", "explain", "explained"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What is recognised, and what is said of it.

    Attributes:
        code: golive's own.
        codes: AWS's; any where there are none.
        pattern: Of AWS's message.
        message: With `{name}` and `{region}`, and the pattern's groups by their names.
        hint: Likewise.
        passes: Whether the same call may succeed a little later.
    """

    code: str
    codes: frozenset[str]
    message: str
    hint: str
    pattern: str = ""
    passes: bool = False


def _codes(*codes: str) -> frozenset[str]:
    return frozenset(codes)


_AGAIN = "Run the same command again."

_CASES: tuple[_Case, ...] = (
    _Case(
        code="no_credentials",
        codes=_codes("NoCredentialsError", "PartialCredentialsError", "ProfileNotFound"),
        message="There are no credentials of AWS, or not all of them.",
        hint="aws configure sso, then aws sso login; or set AWS_PROFILE.",
    ),
    _Case(
        code="credentials_expired",
        codes=_codes(
            "ExpiredToken",
            "ExpiredTokenException",
            "RequestExpired",
            "TokenRefreshRequired",
            "UnauthorizedSSOTokenError",
            "SSOTokenLoadError",
        ),
        message="The credentials of AWS have expired.",
        hint="aws sso login, and run the same command again.",
    ),
    _Case(
        code="clock_wrong",
        codes=_codes("SignatureDoesNotMatch", "InvalidSignatureException", "RequestTimeTooSkewed"),
        pattern=r"Signature (?:expired|not yet current)|difference between the request time",
        message="The clock of this machine is too far from AWS's.",
        hint="Set it (timedatectl set-ntp true), and run the same command again.",
    ),
    _Case(
        code="credentials_wrong",
        codes=_codes(
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "SignatureDoesNotMatch",
            "InvalidAccessKeyId",
            "AuthFailure",
        ),
        message="AWS does not know these credentials, or the account has not switched on {region}.",
        hint="aws sts get-caller-identity tells whose they are; a region is switched on under "
        "Account, Regions.",
    ),
    _Case(
        code="unreachable",
        codes=_codes(
            "EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "SSLError"
        ),
        message="AWS cannot be reached in {region}.",
        hint="Look at the region's name, at the network and at HTTPS_PROXY.",
        passes=True,
    ),
    _Case(
        code="bucket_taken",
        codes=_codes("BucketAlreadyExists", "AlreadyExists"),
        pattern=r"requested bucket name is not available|already exists \(Service: (?:Amazon )?S3",
        message="The bucket's name belongs to another account: names of buckets are the world's.",
        hint="Set bucket under [aws] in golive.toml to another one.",
    ),
    _Case(
        code="bucket_elsewhere",
        codes=_codes("PermanentRedirect", "301", "IllegalLocationConstraintException"),
        message="The bucket is in another region than {region}.",
        hint="Set bucket under [aws] to one of this region, or leave it out.",
    ),
    _Case(
        code="bucket_missing",
        codes=_codes("NoSuchBucket"),
        message="The bucket is not there.",
        hint="golive aws deploy {name} makes it.",
    ),
    _Case(
        code="concurrency_too_low",
        codes=_codes("InvalidParameterValueException", "InvalidRequest", "GeneralServiceException"),
        pattern=r"UnreservedConcurrentExecution below its minimum value of \[?(?P<least>\d+)",
        message="The account has too few concurrent executions to reserve some: {least} have to "
        "stay for others.",
        hint='Leave concurrency under [aws] at "auto": the gateway\'s rate bounds the cost then. '
        "Or have the quota of Lambda raised (L-B99A9384).",
    ),
    _Case(
        code="too_many_requests",
        codes=_codes(
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
            "RequestLimitExceeded",
            "SlowDown",
        ),
        message="AWS is asked too often at the moment.",
        hint="Run the same command again in a minute.",
        passes=True,
    ),
    _Case(
        code="code_storage_full",
        codes=_codes("CodeStorageExceededException"),
        message="The account's room for code of Lambda in {region} is used up.",
        hint="Lower keep_versions under [aws]; golive aws deploy removes older versions.",
    ),
    _Case(
        code="limit_reached",
        codes=_codes(
            "LimitExceeded",
            "LimitExceededException",
            "ServiceQuotaExceededException",
            "ServiceLimitExceeded",
            "TooManyBuckets",
        ),
        message="A limit of the account is reached: {told}",
        hint="aws service-quotas list-service-quotas tells the limits; have it raised, or delete "
        "what is not needed.",
    ),
    _Case(
        code="package_too_large",
        codes=_codes(
            "InvalidParameterValueException",
            "RequestEntityTooLargeException",
            "InvalidRequest",
            "413",
        ),
        pattern=r"(?:Unzipped size|Request|image size|size of the image).*?"
        r"(?:smaller|less|lower) than (?P<limit>\d+)|exceeds the maximum allowed size"
        r"|must be smaller than",
        message="The package is larger than Lambda takes: {told}",
        hint='Compile the model (golive compile), put it in S3 (model_from = "s3"), or set '
        'package = "image" under [aws], which holds 10 GB.',
    ),
    _Case(
        code="function_pending",
        codes=_codes("ResourceConflictException", "ResourceNotReadyException"),
        pattern=r"currently in the following state: Pending|update is in progress|Pending state",
        message="The function is still being made ready.",
        hint=_AGAIN,
        passes=True,
    ),
    _Case(
        code="role_not_propagated",
        codes=_codes("InvalidParameterValueException", "InvalidRequest"),
        pattern=r"role defined for the function cannot be assumed|unable to assume role",
        message="The role is new, and not all of AWS knows it yet.",
        hint="Run the same command again in ten seconds.",
        passes=True,
    ),
    _Case(
        code="runtime_ended",
        codes=_codes("InvalidParameterValueException", "InvalidRequest"),
        pattern=r"runtime parameter of (?P<runtime>\S+) is no longer supported",
        message="Lambda makes no more functions of {runtime}.",
        hint='Set runtime = "python3.13" under [aws], and build the package again.',
    ),
    _Case(
        code="version_unchanged",
        codes=frozenset(),
        pattern=r"[Aa] version for this Lambda function exists \( ?(?P<version>\d+) ?\)",
        message="The package and its settings are those of version {version} already.",
        hint="golive aws status {name} tells which version answers.",
    ),
    _Case(
        code="stack_never_made",
        codes=_codes("ValidationError"),
        pattern=r"is in (?:ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED|DELETE_FAILED) state",
        message="The first deployment of {name} failed, and such a stack can only be deleted.",
        hint="golive aws destroy {name}, then golive aws deploy {name}. The models stay.",
    ),
    _Case(
        code="stack_stuck",
        codes=_codes("ValidationError"),
        pattern=r"is in UPDATE_ROLLBACK_FAILED state",
        message="An update of {name} failed, and so did the way back.",
        hint="aws cloudformation continue-update-rollback --stack-name {name}, then the same "
        "command again.",
    ),
    _Case(
        code="stack_busy",
        codes=_codes("ValidationError", "OperationInProgressException"),
        pattern=r"is in \w+_IN_PROGRESS state|being (?:updated|created|deleted)",
        message="Somebody else, or an earlier run, is still changing {name}.",
        hint="Wait for it (golive aws status {name}), and run the same command again.",
        passes=True,
    ),
    _Case(
        code="nothing_to_change",
        codes=frozenset(),
        pattern=r"No updates are to be performed|didn't contain changes",
        message="{name} is what it should be already.",
        hint="golive aws status {name}",
    ),
    _Case(
        code="not_deployed",
        codes=_codes("ValidationError"),
        pattern=r"Stack (?:with id )?\S+ does not exist",
        message="{name} is not deployed in {region}.",
        hint="golive aws deploy {name}, or name another --region.",
    ),
    _Case(
        code="resource_taken",
        codes=frozenset(),
        pattern=r"already exists?\b",
        message="Something of that name is there already and belongs to no stack of golive: {told}",
        hint="Delete or rename it, or take another --stage.",
    ),
    _Case(
        code="drift",
        codes=_codes("Drift"),
        message="Somebody changed by hand what {name} consists of: {told}",
        hint="golive aws deploy {name} makes it what golive.toml says; change that file instead.",
    ),
)


def explain(failure: Failure, *, name: str, region: str) -> Explanation | None:
    """What a failure means, or None where it is not in the table.

    Args:
        failure: What AWS said.
        name: Of the deployment or the model, for the next command.
        region: Where it was asked.
    """
    denial = explain_denial(failure)
    if denial is not None:
        return denial
    for case in _CASES:
        found = re.search(case.pattern, failure.message)
        if found is None or (case.codes and failure.code not in case.codes):
            continue
        told = {key: value or "" for key, value in found.groupdict().items()}
        places = {"name": name, "region": region, "told": failure.message, **told}
        return Explanation(
            code=case.code,
            message=case.message.format_map(places),
            hint=case.hint.format_map(places),
            passes=case.passes,
        )
    return None


def error_of(failure: Failure, *, name: str, region: str) -> AwsError:
    """The error to raise for a failure; one that is not in the table is told as AWS tells it."""
    found = explain(failure, name=name, region=region)
    if found is None:
        message = f"AWS refused {failure.service}:{failure.operation}: {failure.message}"
        return AwsError(f"{message} ({failure.code})", hint="golive --debug shows where.")
    policy = "" if found.policy is None else f"\n{json.dumps(found.policy, indent=2)}"
    return AwsError(
        found.message,
        hint=found.hint + policy,
        code=found.code,
        policy=found.policy,
        passes=found.passes,
    )


def explained() -> Iterator[tuple[str, str, str]]:
    """Code, message and hint of each case, for the documentation."""
    places = defaultdict(lambda: "…", name="NAME", region="the region")
    for case in _CASES:
        yield case.code, case.message.format_map(places), case.hint.format_map(places)
