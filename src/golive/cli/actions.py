"""What the commands call, imported on first use so that `--help` stays quick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from golive.access.key_desk import KeyDesk
    from golive.access.keys import Key
    from golive.access.usage import KeyUsage
    from golive.building.lambda_package import LambdaPackage
    from golive.building.runtime_api import Outcome
    from golive.bundle.reading import Bundle
    from golive.checking.difference import Difference
    from golive.checking.report import Report
    from golive.deploying.aws.ejecting import EjectFormat
    from golive.deploying.aws.ordering import Wish
    from golive.deploying.plan import Plan
    from golive.packing.onnx_export import OnnxExport
    from golive.registry.registry import Registry
    from golive.release.promotion import Promotion
    from golive.setting import SecretUrl
    from golive.settings import ServeSettings
    from golive.wiring.following import Running
    from golive.wiring.loading import Predictor

__all__ = ["Actions"]


class Actions:
    """golive's own functions; tests of the command line pass others."""

    def pack(self, model: str, data: Path | None, **options: Any) -> Bundle:
        """`golive.pack`."""
        from golive.packing.pack import pack

        return pack(model, data, **options)

    def repack(self, bundle: Path, **options: Any) -> Bundle:
        """`golive.repack`."""
        from golive.packing.repack import repack

        return repack(bundle, **options)

    def compile(self, bundle: Path, **options: Any) -> Bundle:
        """`golive.compile`."""
        from golive.packing.recompile import compile as compile_bundle

        return compile_bundle(bundle, **options)

    def export_onnx(self, bundle: Path, **options: Any) -> OnnxExport:
        """`golive.export_onnx`."""
        from golive.packing.onnx_export import export_onnx

        return export_onnx(bundle, **options)

    def build_lambda(self, bundle: Path, **options: Any) -> LambdaPackage:
        """Make a zip file that AWS Lambda runs."""
        from golive.building.lambda_package import build_lambda

        return build_lambda(bundle, **options)

    def open_bundle(self, path: Path, *, verify_all: bool) -> Bundle:
        """Open a bundle and execute nothing in it."""
        from golive.bundle.reading import open_bundle

        return open_bundle(path, verify_all=verify_all)

    def registry(self, location: str | None = None) -> Registry:
        """The registry at a location, or the usual one."""
        from golive.wiring.registries import open_registry

        return open_registry(location)

    def in_registry(self, text: str, location: str | None) -> tuple[Registry, str, str]:
        """The registry, the model's name and the selector that `[REGISTRY/]NAME[@…]` names."""
        from golive.registry.reference import parse_reference

        reference = parse_reference(text)
        place = reference.registry or location
        return self.registry(place), reference.model, reference.selector

    def pull(self, reference: str) -> Path:
        """The bundle that a reference names, as a file in the cache."""
        from golive.wiring.registries import pull_reference

        return pull_reference(reference).source

    def pull_to(self, reference: str, output: Path | None, *, registry: str | None) -> Path:
        """Write the bundle that a reference names to a new directory or zip file."""
        from golive.wiring.registries import pull_to

        return pull_to(reference, output, registry=registry)

    def pickles(self, bundle: Bundle) -> list[dict[str, Any]]:
        """What loading each pickle in a bundle would import; none is loaded."""
        from golive.checking.pickles import pickle_imports

        return [
            {
                "file": name,
                "imports": [".".join(filter(None, imported)) for imported in read.names],
                "holds_code": read.has_code,
                "failure": read.failure,
            }
            for name, read in pickle_imports(bundle).items()
        ]

    def sbom(self, bundle: Bundle) -> str:
        """The software bill of materials of a bundle."""
        from golive.checking.sbom import sbom

        return sbom(bundle)

    def promote(self, reference: str, alias: str, **options: Any) -> Promotion:
        """`golive.promote`."""
        from golive.release.promote import promote

        return promote(reference, alias, **options)

    def check(self, bundle: Path, **options: Any) -> Report:
        """`golive.check`."""
        from golive.checking.check import check

        return check(bundle, **options)

    def diff(self, before: Path, after: Path, **options: Any) -> Difference:
        """`golive.diff`."""
        from golive.checking.diff import diff

        return diff(before, after, **options)

    def load(self, ref: Path, *, lookup: Sequence[str] = (), **how: Any) -> Predictor:
        """`golive.load`, with looked-up columns from where the flags, or GOLIVE_LOOKUP, say."""
        from golive.settings import ServeSettings
        from golive.wiring.loading import load

        if not (lookup or ServeSettings.load().lookup):
            return load(ref, **how)
        from golive.wiring.lookups import places_of  # few models look anything up

        return load(ref, lookup=places_of(ref, lookup), **how)

    def refresh(self, process: int | None) -> list[Running]:
        """Have running servers look for another version."""
        from golive.wiring.following import ask_to_refresh

        return ask_to_refresh(process)

    def refresh_at(self, url: str) -> str:
        """Have the server at a URL look for another version; gives what was asked."""
        from golive.wiring.remote_refresh import ask_remote

        return ask_remote(url)

    def invoke(self, package: Path, event: bytes, *, python: str | None, **how: Any) -> Outcome:
        """Run a package of a function with an event."""
        from golive.building.function_process import invoke_package
        from golive.building.package_python import python_for
        from golive.cli.output import say

        own = python_for(package, tell=say) if python is None else python
        return invoke_package(package, event, python=own, **how)

    def key_desk(self, file: Path | None) -> KeyDesk:
        """What changes the keys of a file, or of the one that GOLIVE_KEYS names."""
        from datetime import UTC, datetime

        from golive.access.key_desk import KeyDesk
        from golive.wiring.keys import open_keys

        return KeyDesk(open_keys(file), clock=lambda: datetime.now(UTC))

    def create_key(self, file: Path | None, **wish: Any) -> tuple[Key, str]:
        """Make a key; gives it and its text."""
        from golive.access.key_desk import KeyWish

        return self.key_desk(file).create(KeyWish(**wish))

    def unknown_models(self, names: Sequence[str]) -> list[str]:
        """Which of the names are of no model in the usual registry, where that is known."""
        from golive.wiring.keys import unknown_models

        return unknown_models(names)

    def key_usage(
        self, file: Path | None, wanted: str | None, limits_in: SecretUrl | None
    ) -> list[KeyUsage]:
        """What keys have used of their quotas."""
        from golive.wiring.limits import key_usage

        return key_usage(file, wanted=wanted, limits_in=limits_in)

    def aws_plan(self, wish: Wish, *, requests: int, milliseconds: float, **files: Any) -> Plan:
        """What a deployment on AWS will do, cost and risk."""
        from golive.deploying.aws.ordering import plan_wish
        from golive.deploying.cost import Traffic

        traffic = Traffic(requests=requests, milliseconds=milliseconds)
        return plan_wish(wish, traffic=traffic, **files)

    def aws_eject(self, wish: Wish, form: EjectFormat, output: Path) -> list[Path]:
        """Write the files of a deployment on AWS."""
        from golive.deploying.aws.ordering import eject_files

        return eject_files(wish, form, output)

    def serve(
        self,
        bundles: Sequence[str],
        settings: ServeSettings,
        *,
        verify: bool,
        allow_drifted_environment: bool,
        original: bool,
        announce: Callable[[str], None],
    ) -> None:
        """Serve until the process is told to end."""
        from golive.http.plan import ServePlan
        from golive.wiring.serving import serve

        plan = ServePlan(
            bundles=tuple(bundles),
            settings=settings,
            verify=verify,
            allow_drifted_environment=allow_drifted_environment,
            original=original,
        )
        serve(plan, announce=announce)
