"""A function of AWS Lambda: its package and its environment become what answers events."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from math import inf
from pathlib import Path
from typing import Any, TextIO

import msgspec

from golive.aws_lambda.function import FunctionOptions, LambdaFunction
from golive.aws_lambda.protocols import AnswerSink
from golive.aws_lambda.reporter import Reporter
from golive.aws_lambda.versions import Following, Versions
from golive.bundle.reading import open_bundle
from golive.errors import UsageError
from golive.function_settings import FunctionSettings, LambdaFacts, with_packed
from golive.http.entrance_building import addresses_of, origins_of
from golive.http.limits import limits_of
from golive.http.log_lines import log_as_json
from golive.http.plan import ServePlan
from golive.service.context import ServiceContext
from golive.service.request_ids import request_ids
from golive.service.served import ServedModel
from golive.service.service import Service
from golive.settings import ServeSettings, environment, limit_numeric_threads
from golive.wiring.loading import reference_of
from golive.wiring.models import load_model

__all__ = ["PACKED_SETTINGS", "open_function"]

PACKED_SETTINGS = "golive-lambda.json"
"""The file of a package that holds settings by name."""


def open_function(
    root: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    stream: TextIO | None = None,
) -> LambdaFunction:
    """Load what a function answers with.

    Args:
        root: Where its package is; where Lambda says, or here, if None.
        environ: The environment; the process's own if None.
        stream: Gets its log lines; stdout if None.

    Raises:
        UsageError: There is no bundle, or a setting is none.
        BundleError: The bundle is not what was packed.
        KeysError: The keys cannot be trusted.
        GoliveError: The model does not load here, or golden records are answered differently.
    """
    begun = time.perf_counter()
    given = environment() if environ is None else environ
    facts = LambdaFacts.of(given)
    place = root or facts.root or Path.cwd()
    whole = with_packed(_packed(place), given)
    settings, own = ServeSettings.load(whole), FunctionSettings.load(whole)
    log_as_json()
    limit_numeric_threads(settings.numeric_threads)
    out = sys.stdout if stream is None else stream
    reporter = Reporter(
        function=facts.name,
        version=facts.version,
        namespace=own.metrics_namespace,
        write=partial(_write, out),
    )
    model, follow = _model(place, settings, own)
    open_services = _services(place, settings, own)
    seconds = time.perf_counter() - begun
    following = None if follow is None else follow(seconds)
    versions = Versions(model, open_services=open_services, following=following)
    seconds = time.perf_counter() - begun
    reporter.event(
        "init",
        {**versions.facts, "load_milliseconds": round(seconds * 1000, 3)},
        metrics={"load_milliseconds": "Milliseconds"},
    )
    options = FunctionOptions(
        base_path=own.base_path, log_inputs=settings.log_inputs, is_warm=facts.is_warm
    )
    return LambdaFunction(versions, reporter=reporter, sink=_sink(own, reporter), options=options)


def _packed(place: Path) -> dict[str, Any]:
    """The settings that the package has, by name.

    Raises:
        UsageError: The file of them is no JSON object.
    """
    file = place / PACKED_SETTINGS
    if not file.is_file():
        return {}
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise UsageError(f"{PACKED_SETTINGS} in the package is no JSON object: {error}") from error


def _model(
    place: Path, settings: ServeSettings, own: FunctionSettings
) -> tuple[ServedModel, Callable[[float], Following] | None]:
    """The model, and how to follow it by what it took to load; None where it is fixed."""
    path = place / own.bundle
    if path.exists():
        plan = ServePlan(bundles=(str(path),), settings=settings)
        bundle = open_bundle(path, is_noted=False)  # no note outlives an environment
        return load_model(plan, bundle.name, bundle), None
    names_version = "@" in own.bundle or "://" in own.bundle
    if not names_version or reference_of(own.bundle) is None:
        raise UsageError(
            f"There is no bundle at {path}.",
            hint="golive build lambda puts it there; or set GOLIVE_BUNDLE to "
            "s3://BUCKET/PREFIX/NAME@ALIAS",
        )
    from golive.wiring.function_registry import RegistryVersions  # most packages have a bundle

    source = RegistryVersions(own.bundle, settings, seconds=own.refresh_limit)
    sha256 = source.look(inf)  # Lambda itself bounds a start
    model = source.load(inf)
    if source.is_fixed:
        return model, None

    def follow(seconds: float) -> Following:
        return Following(
            source=source,
            sha256=sha256,
            every=settings.refresh,
            seconds=own.refresh_limit,
            load_seconds=seconds,
        )

    return model, follow


def _services(
    place: Path, settings: ServeSettings, own: FunctionSettings
) -> Callable[[ServedModel], tuple[Service, Service]]:
    """What makes the service for callers, and the one for those whom IAM has let in."""
    trusted = ServiceContext(
        new_id=request_ids(), allowed_hosts=settings.allowed_hosts, limits=limits_of(settings)
    )
    guarded = trusted
    if settings.oidc_issuer is not None:
        raise UsageError(
            "A function takes no tokens: nothing fetches the issuer's keys.",
            hint="let API Gateway verify them (a JWT authorizer), or use keys",
        )
    if settings.keys is not None or own.keys_text is not None:
        from golive.wiring.function_keys import open_function_keys  # API Gateway has keys, too

        gatekeeper = open_function_keys(place, settings, own)
        guarded = msgspec.structs.replace(guarded, gatekeeper=gatekeeper)
    guarded = msgspec.structs.replace(
        guarded,
        origins=origins_of(settings),
        addresses=addresses_of(settings, has_keys=guarded.gatekeeper is not None),
    )

    def open_services(model: ServedModel) -> tuple[Service, Service]:
        models = {model.name: model}
        if guarded == trusted:
            service = Service(models, trusted)
            return service, service
        return Service(models, guarded), Service(models, trusted)

    return open_services


def _sink(own: FunctionSettings, reporter: Reporter) -> AnswerSink:
    from golive.wiring.function_answers import LogSink, QueueSink

    if own.answers_queue is None:
        return LogSink(reporter)
    return QueueSink(own.answers_queue)


def _write(out: TextIO, line: str) -> None:
    out.write(line)
    out.flush()
