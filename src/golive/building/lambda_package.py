"""`golive build lambda`: a zip file that AWS Lambda runs, made from a bundle and run before."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from golive.building.deterministic_zip import write_zip
from golive.building.errors import NotProvenError
from golive.building.installed import size_of
from golive.building.interpreters import find_interpreter
from golive.building.lambda_contents import Contents, put_together
from golive.building.lambda_limits import Delivery, choose_delivery
from golive.building.lambda_runtimes import RUNTIMES, Choice, choose_runtime
from golive.building.lambda_settings import read_lambda_settings
from golive.building.platforms import Architecture, Platform
from golive.building.proving import Proving, prove
from golive.building.proving_environment import make_proving_environment
from golive.bundle.reading import Bundle, open_bundle
from golive.errors import UsageError
from golive.files import sha256_of, temporary_sibling

__all__ = ["LambdaPackage", "build_lambda"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LambdaPackage:
    """A zip file for AWS Lambda.

    Attributes:
        path: Where it was written.
        sha256: Of the file.
        bundle: What it was built from.
        platform: What it is for.
        python_because: Why it is for that Python.
        contents: What is in it.
        zipped: Its bytes.
        unzipped: The bytes of its files.
        delivery: How it gets to AWS Lambda.
        proving: What was found where it was run; None where it was not.
    """

    path: Path
    sha256: str
    bundle: Bundle
    platform: Platform
    python_because: str
    contents: Contents
    zipped: int
    unzipped: int
    delivery: Delivery
    proving: Proving | None


def build_lambda(  # noqa: PLR0913 - each is one thing that a person may say
    bundle: Path,
    *,
    output: Path | None = None,
    python: str | None = None,
    architecture: Architecture = "x86_64",
    unproven: bool = False,
    config: Path | None = None,
    cache: Path | None = None,
    today: date | None = None,
    progress: Callable[[str], object] = lambda _: None,
) -> LambdaPackage:
    """Make a package for AWS Lambda, and run it.

    The same bundle, golive, options and tools give the same bytes. A file that stands at the
    output is replaced once the new one has answered the golden records.

    Args:
        bundle: The bundle's path.
        output: The zip file to write; None: `NAME-lambda.zip` here.
        python: Such as `3.13`; None: the one that packed the model where AWS Lambda offers it,
            else the newest that it does; for compiled bundles 3.13.
        architecture: Of the function.
        unproven: Write it also where it cannot be run: no such Python, or another architecture.
        config: The file with the table `[lambda]`; None: golive.toml here, if it is there.
        cache: Where AWS's client is kept; None: `golive.settings.cache_dir()`.
        today: The day that counts for what AWS offers.
        progress: Told in a sentence what is being done.

    Raises:
        UsageError: AWS Lambda has no such Python, or a path is not there.
        BundleError: The bundle is not what was packed.
        NoWheelsError: A package has no wheel for the platform.
        NotProvenError: It cannot be run here, or does not answer as the bundle does.
    """
    opened = open_bundle(bundle)
    added = read_lambda_settings(config)
    choice = choose_runtime(
        trained_with=opened.manifest.python_version,
        is_compiled=opened.manifest.answers == "compiled",
        wanted=python,
        today=today or datetime.now(UTC).date(),
    )
    platform = Platform(
        python=choice.runtime.python, architecture=architecture, glibc=choice.runtime.glibc
    )
    interpreter = find_interpreter(platform.python)
    can_run = interpreter is not None and platform.is_of_this_machine
    if not can_run and not unproven:
        raise _not_run_here(platform, choice, interpreter)
    target = _target(opened, output)
    with temporary_sibling(target) as scratch:
        root, zipped = scratch / "package", scratch / "package.zip"
        root.mkdir()
        contents = put_together(
            opened, added, platform, root, interpreter=interpreter, tell=progress
        )
        progress("Writing the zip file")
        write_zip(root, zipped)
        proving = None
        if can_run and interpreter is not None:
            proving = _prove(zipped, opened, platform, interpreter, cache, progress)
        unzipped = size_of(root)
        zipped.replace(target)
    return LambdaPackage(
        path=target,
        sha256=sha256_of(target),
        bundle=opened,
        platform=platform,
        python_because=choice.because,
        contents=contents,
        zipped=target.stat().st_size,
        unzipped=unzipped,
        delivery=choose_delivery(zipped=target.stat().st_size, unzipped=unzipped),
        proving=proving,
    )


def _prove(
    package: Path,
    bundle: Bundle,
    platform: Platform,
    interpreter: Path,
    cache: Path | None,
    progress: Callable[[str], object],
) -> Proving:
    python = make_proving_environment(interpreter, platform.version, cache=cache, tell=progress)
    progress(f"Asking it {len(bundle.golden)} golden records under AWS's client, read-only")
    return prove(package, bundle, python=python)


def _target(bundle: Bundle, output: Path | None) -> Path:
    target = (Path(f"{bundle.name}-lambda.zip") if output is None else output).absolute()
    if target.is_dir():
        raise UsageError(f"{target} is a directory.", hint="Name the zip file: -o deploy.zip")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise UsageError(f"{target.parent} cannot be written to.", hint="Choose another with -o.")
    return target


def _not_run_here(platform: Platform, choice: Choice, interpreter: Path | None) -> NotProvenError:
    unproven = "--unproven writes it without having run it"
    if interpreter is not None:
        return NotProvenError(
            f"A package for {platform.architecture} cannot be run on this machine.",
            hint=f"Build it on one; or {unproven}.",
        )
    here = [r.python for r in RUNTIMES if find_interpreter(r.python) is not None]
    others = " or ".join(f"--python {major}.{minor}" for major, minor in here)
    instead = f"choose {others}, which is here; " if here else ""
    return NotProvenError(
        f"The package is for Python {platform.version}, and no python{platform.version} is here "
        f"to run it. {choice.because}",
        hint=f"Install it; {instead}or {unproven}.",
    )
