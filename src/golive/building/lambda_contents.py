"""The contents of a package for AWS Lambda, put together in a directory."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from golive.backends.environments import own_requirements
from golive.building.bytecode import compile_all
from golive.building.installed import Distribution, distributions_in, size_of
from golive.building.lambda_files import BUNDLE, DATA, ENTRY, LIBRARIES, place_all
from golive.building.lambda_settings import LambdaSettings
from golive.building.optional_packages import without_optional
from golive.building.own_modules import LEFT_OUT, LEFT_OUT_WHERE_COMPILED, own_modules
from golive.building.platforms import Platform
from golive.building.stripping import strip_all
from golive.building.trimming import trim
from golive.building.wheels import for_servers, install_wheels
from golive.bundle.reading import Bundle

__all__ = ["Contents", "Part", "place_golive", "put_together"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a package.

    Attributes:
        name: A distribution, `golive`, or what else is in it.
        version: Of a distribution.
        size: In bytes, unzipped.
        because: Why it is there, in a sentence.
    """

    name: str
    version: str = ""
    size: int
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a directory was filled with.

    Attributes:
        parts: Its parts, the largest first.
        saved: What trimming saved in bytes, by what it was.
        without: Packages that were left out, since others only use them where they are installed.
    """

    parts: tuple[Part, ...]
    saved: Mapping[str, int] = field(default_factory=dict)
    without: tuple[str, ...] = ()


def put_together(
    bundle: Bundle,
    settings: LambdaSettings,
    platform: Platform,
    root: Path,
    *,
    interpreter: Path | None,
    tell: Callable[[str], object],
) -> Contents:
    """Fill an empty directory with everything that the function needs.

    Args:
        bundle: What answers.
        settings: What a person adds.
        platform: What it is for.
        root: The directory.
        interpreter: A Python of the platform's version, which compiles the modules; None: they
            stay sources, which every start then compiles.
        tell: Is told what takes long.

    Raises:
        NoWheelsError: A package has no wheel for the platform.
        UsageError: A path of the settings is not there.
    """
    is_compiled = bundle.manifest.answers == "compiled"
    locked, without = (
        ((), ())
        if is_compiled
        else without_optional(bundle.requirements, bundle, keep=settings.keep)
    )
    wanted = _exact([*for_servers(locked), *settings.requirements])
    tell(f"Fetching {len(wanted)} packages for Python {platform.version} on {platform.machine}")
    install_wheels(wanted, platform, root)
    distributions = distributions_in(root)
    saved = trim(root)
    saved["symbols"] = strip_all(root, platform)
    place_golive(root, is_compiled=is_compiled)
    place_all(bundle, settings, root)
    if interpreter is not None:
        tell("Compiling all modules")
        compile_all(root, interpreter, left_out=(BUNDLE, DATA, LIBRARIES), sourceless=("golive",))
    return Contents(parts=_parts(root, distributions), saved=saved, without=without)


def _exact(requirements: list[str]) -> list[str]:
    named = {_name(line).lower() for line in requirements}
    return sorted({*requirements, *(own for own in own_requirements() if _name(own) not in named)})


def _name(requirement: str) -> str:
    return requirement.partition("==")[0]


def place_golive(root: Path, *, is_compiled: bool) -> None:
    """Copy the modules that the entry needs, and the files of their packages."""
    left_out = (*LEFT_OUT, *(LEFT_OUT_WHERE_COMPILED if is_compiled else ()))
    home = Path(__file__).resolve().parents[2]
    for module, file in own_modules(ENTRY, home=home, left_out=left_out).modules.items():
        target = root / file.relative_to(home)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        static = file.parent / "static"
        if file.name == "__init__.py" and static.is_dir() and module != "golive":
            shutil.copytree(static, target.parent / "static")


def _parts(root: Path, distributions: tuple[Distribution, ...]) -> tuple[Part, ...]:
    parts = [
        Part(
            name=each.name,
            version=each.version,
            size=sum(size_of(root / entry) for entry in each.entries),
            because=_because(each, distributions),
        )
        for each in distributions
    ]
    beside = {
        "golive": "It answers the requests.",
        BUNDLE: "The model, its signature and its golden records.",
        DATA: "golive.toml names it.",
        LIBRARIES: "golive.toml names them.",
    }
    parts += [
        Part(name=name, size=size_of(root / name), because=because)
        for name, because in beside.items()
        if (root / name).exists()
    ]
    return tuple(sorted(parts, key=lambda part: (-part.size, part.name)))


def _because(distribution: Distribution, all_of_them: tuple[Distribution, ...]) -> str:
    name = distribution.name
    users = [other.name for other in all_of_them if name in other.requires and other.name != name]
    if name in map(_name, own_requirements()):
        users = ["golive", *users]
    if not users:
        return "The model imported it when it was packed."
    return f"{_listed(users)} {'needs' if len(users) == 1 else 'need'} it."


def _listed(names: list[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
