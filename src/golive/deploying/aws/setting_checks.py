"""Checks of settings that a bound cannot tell: what goes together, and what AWS has at all."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any

from golive.deploying.aws.limits import ENDED_RUNTIMES, REGIONS, TIME_LIMITS
from golive.deploying.aws.setting_table import RETENTIONS, RUNTIMES
from golive.errors import UsageError
from golive.service.cors import read_origins

__all__ = ["QUOTA", "check_settings", "refuse_ended_runtime"]

QUOTA = re.compile(r"([1-9]\d{0,8})/(day|week|month)")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_CERTIFICATE = re.compile(r"arn:aws[a-z-]*:acm:([a-z0-9-]+):\d{12}:certificate/[A-Za-z0-9-]+")
_ZONE = re.compile(r"[A-Z0-9]{1,32}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

_Values = Mapping[str, Any]


def check_settings(values: _Values, *, given: frozenset[str]) -> None:
    """Refuse settings that cannot be together.

    Args:
        values: By name, each inside its own bounds.
        given: The names of those that are not defaults.

    Raises:
        UsageError: Two do not fit, or AWS has no such thing.
    """
    for check in _CHECKS:
        check(values)
    if "quota" in given and not _has_usage_plan(values) and values["quota"] != "none":
        raise UsageError(
            f"quota of [aws] is {values['quota']!r}, and only the keys of a REST API have quotas.",
            hint='front_door = "rest" and auth = "key", or leave quota out',
        )
    if given & {"rate", "burst"} and values["front_door"] == "url":
        raise UsageError(
            "rate and burst of [aws] cannot be kept: a function URL limits no rate.",
            hint='bound what runs at a time by concurrency, or take front_door = "http" or "rest"',
        )


def refuse_ended_runtime(runtime: object) -> None:
    """Refuse a Python that Lambda had.

    Raises:
        UsageError: It is one; others are left to the setting's choices.
    """
    if runtime in ENDED_RUNTIMES:
        raise UsageError(
            f"runtime of [aws] is {runtime!r}: Lambda makes no more functions of it.",
            hint=f"It has {', '.join(RUNTIMES)}.",
        )


def _check_regions(values: _Values) -> None:
    for region in values["regions"]:
        if region not in REGIONS:
            near = difflib.get_close_matches(region, sorted(REGIONS), n=1, cutoff=0.6)
            hint = f"Did you mean {near[0]}?" if near else "Such as eu-central-1 or us-east-1."
            raise UsageError(f"{region!r} is no region of AWS that golive knows.", hint=hint)
    if len(set(values["regions"])) < len(values["regions"]):
        raise UsageError("regions of [aws] names one twice.")


def _check_timeout(values: _Values) -> None:
    door, timeout = values["front_door"], values["timeout"]
    if timeout != int(timeout):
        raise UsageError(f"timeout of [aws] is {timeout:g} s; Lambda takes whole seconds.")
    if timeout > (limit := TIME_LIMITS[door]):
        raise UsageError(
            f"timeout of [aws] is {timeout:g} s, but front_door {door!r} gives up after {limit} s.",
            hint=f'timeout = "{limit}s" or less, or front_door = "url", which waits 900 s',
        )


def _check_auth(values: _Values) -> None:
    door, auth = values["front_door"], values["auth"]
    if auth == "jwt" and door == "rest":
        raise UsageError(
            "A REST API reads no tokens of an issuer by itself.",
            hint='front_door = "http" does, for less than a third of the price',
        )
    if auth == "jwt" and not (values["jwt_issuer"] and values["jwt_audience"]):
        raise UsageError(
            'auth = "jwt" of [aws] needs jwt_issuer and jwt_audience.',
            hint="Without both, tokens for anything else would be good here, too.",
        )
    if auth == "jwt" and not values["jwt_issuer"].startswith("https://"):
        issuer = values["jwt_issuer"]
        raise UsageError(f"jwt_issuer of [aws] is {issuer!r}, which is no https:// URL.")
    if auth == "jwt" and door == "url" and len(values["jwt_audience"]) > 1:
        raise UsageError("Behind a function URL golive reads tokens, and takes one jwt_audience.")
    if auth == "key" and door != "rest" and not values["keys"]:
        raise UsageError(
            f'auth "key" with front_door {door!r} of [aws] needs keys, a file of golive\'s own.',
            hint='golive keys create --keys keys.json --name partner, and keys = "keys.json"; '
            'or front_door = "rest", which has keys itself',
        )


def _has_usage_plan(values: _Values) -> bool:
    return bool(values["front_door"] == "rest" and values["auth"] == "key")


def _check_quota(values: _Values) -> None:
    quota = values["quota"]
    if quota != "none" and QUOTA.fullmatch(quota) is None:
        raise UsageError(f"quota of [aws] is {quota!r}, not such as 100/day, 5000/month or none.")


def _check_warmth(values: _Values) -> None:
    concurrency, provisioned, pings = values["concurrency"], values["provisioned"], values["pings"]
    if concurrency != "auto" and provisioned > concurrency:
        raise UsageError(
            f"provisioned of [aws] is {provisioned}, but concurrency lets only {concurrency} run."
        )
    if provisioned and pings:
        raise UsageError(
            "provisioned and pings of [aws] are both set.",
            hint="Environments that are provisioned need no pings; leave one out.",
        )
    if pings is not None and pings % 60:
        raise UsageError(f"pings of [aws] is {pings:g} s; a schedule takes whole minutes.")


def _check_domain(values: _Values) -> None:
    domain, certificate = values["domain"], values["certificate"]
    if domain is None:
        for name in ("certificate", "hosted_zone"):
            if values[name]:
                raise UsageError(f"{name} of [aws] is set without a domain.")
        return
    if values["front_door"] == "url":
        raise UsageError(
            "A function URL has no domain of its own.", hint='front_door = "http" or "rest" has'
        )
    if _DOMAIN.fullmatch(domain) is None:
        raise UsageError(f"domain of [aws] is {domain!r}, no name such as games.example.com.")
    if certificate is None:
        raise UsageError(
            "domain of [aws] needs certificate, the ARN of its certificate in ACM.",
            hint="aws acm request-certificate --domain-name " + domain + " --validation-method DNS",
        )
    found = _CERTIFICATE.fullmatch(certificate)
    if found is None:
        raise UsageError(f"certificate of [aws] is {certificate!r}, which is no ARN of ACM.")
    if any(region != found[1] for region in values["regions"]):
        raise UsageError(
            f"certificate of [aws] is in {found[1]}; it has to be in the one region it is used in."
        )
    if values["hosted_zone"] and _ZONE.fullmatch(values["hosted_zone"]) is None:
        zone = values["hosted_zone"]
        raise UsageError(f"hosted_zone of [aws] is {zone!r}, which is no id of a zone.")


def _check_origins(values: _Values) -> None:
    try:
        read_origins(values["cors_origins"])
    except UsageError as error:
        message = error.message.replace("--cors-origins", "cors_origins of [aws]")
        raise UsageError(message, hint=error.hint) from error


def _check_others(values: _Values) -> None:
    if values["retention"] not in RETENTIONS:
        raise UsageError(
            f"retention of [aws] is {values['retention']} days, which CloudWatch does not have.",
            hint=f"It has {', '.join(map(str, RETENTIONS))}.",
        )
    if values["alarm_email"] and _EMAIL.fullmatch(values["alarm_email"]) is None:
        raise UsageError(f"alarm_email of [aws] is {values['alarm_email']!r}, which is no address.")
    if values["bucket"] and _BUCKET.fullmatch(values["bucket"]) is None:
        raise UsageError(
            f"bucket of [aws] is {values['bucket']!r}, which cannot be a bucket's name.",
            hint="It has 3 to 63 lower-case letters, digits and hyphens.",
        )


_CHECKS: tuple[Callable[[_Values], None], ...] = (
    _check_regions,
    _check_timeout,
    _check_auth,
    _check_quota,
    _check_warmth,
    _check_domain,
    _check_origins,
    _check_others,
)
