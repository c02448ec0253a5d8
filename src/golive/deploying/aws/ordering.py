"""What `golive aws` is asked for becomes an order: names, files and settings are read here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from golive.bundle.reading import open_bundle
from golive.deploying.aws.ejecting import EjectFormat, eject
from golive.deploying.aws.order import Account, Order, package_file
from golive.deploying.aws.planning import make_plan
from golive.deploying.aws.settings import load_settings
from golive.deploying.aws.timing import expected_latency
from golive.deploying.cost import Traffic
from golive.deploying.latency import Measurement, read_measurement
from golive.deploying.plan import Plan
from golive.deploying.records import RecordedGraph, read_graph
from golive.errors import UsageError
from golive.registry.reference import reference_or_none
from golive.settings import aws_region

__all__ = ["Wish", "eject_files", "plan_wish", "read_order"]

_USUAL_FILE = Path("golive.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was typed.

    Attributes:
        config: The file of settings; None for golive.toml, if there is one.
        account_concurrency: How many functions the account may run at a time, if that is known.
    """

    name: str
    config: Path | None = None
    stage: str | None = None
    regions: tuple[str, ...] = ()
    package: Path | None = None
    public: bool = False
    account_concurrency: int | None = None


def read_order(wish: Wish) -> Order:
    """The order that a wish is.

    Raises:
        UsageError: A setting cannot be as it is, or a file cannot be read.
        BundleError: The name is the path of something that is no bundle.
    """
    file = wish.config or (_USUAL_FILE if _USUAL_FILE.exists() else None)
    settings = load_settings(file, stage=wish.stage, regions=wish.regions)
    if not settings.regions and (usual := aws_region()):
        settings = load_settings(file, stage=wish.stage, regions=(usual,))
    model, reference = _named(wish.name)
    limit = wish.account_concurrency
    return Order(
        model=model,
        reference=reference,
        settings=settings,
        package=None if wish.package is None else package_file(wish.package),
        account=None if limit is None else Account(concurrency=limit),
        public=wish.public,
    )


def _named(name: str) -> tuple[str, str]:
    """The model's name, and the reference of the version."""
    reference = reference_or_none(name)
    if reference is not None:
        return reference.model, _reference(reference.model, reference.selector)
    bundle = open_bundle(Path(name), verify_all=False)
    return bundle.name, f"{bundle.name}@{bundle.version}"


def _reference(model: str, selector: str) -> str:
    return f"{model}@{selector}" if selector else model


def plan_wish(
    wish: Wish,
    *,
    traffic: Traffic,
    measured: Path | None = None,
    deployed: Sequence[Path] = (),
) -> Plan:
    """The plan of a wish.

    Args:
        wish: What was typed.
        traffic: Of a month; what was measured takes the place of its times.
        measured: File with a measurement of the package.
        deployed: Files with the graphs of what is there already.

    Raises:
        UsageError: As `read_order`, or a file is not what it should be.
    """
    order = read_order(wish)
    measurement = None if measured is None else read_measurement(_text(measured), str(measured))
    graphs = [read_graph(_text(path), str(path)) for path in deployed]
    by_stack: dict[str, RecordedGraph] = {graph.stack: graph for graph in graphs}
    return make_plan(
        order,
        deployed=by_stack,
        traffic=_timed(traffic, measurement, order.settings.memory),
        measured=measurement,
    )


def _timed(traffic: Traffic, measured: Measurement | None, memory: int) -> Traffic:
    if measured is None:
        return traffic
    expected = expected_latency(measured, memory)
    return replace(traffic, milliseconds=expected.warm_ms, cold_milliseconds=expected.cold_ms)


def eject_files(wish: Wish, form: EjectFormat, output: Path) -> list[Path]:
    """Write the files of a wish into a folder, and give their paths.

    Raises:
        UsageError: As `read_order`, or one of the files is there already.
    """
    files = {output / name: text for name, text in eject(read_order(wish), form).items()}
    if taken := [path for path in files if path.exists()]:
        raise UsageError(f"{taken[0]} is there already.", hint="name another folder with --output")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
