"""Test every framework in one environment, then each extra alone: `make test-frameworks`.

The environments are virtual environments in the user's cache, named after what is in them, and
used again until that changes. golive itself is not installed there: the sources of this folder are
on the path, so one environment serves every state of them.

First `tests/frameworks` runs where all frameworks are. Then, for each extra, a small bundle is
packed there, and opened, served and asked in an environment that has only golive's own
requirements and that extra.
"""

import argparse
import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
import venv
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COVERED = ("src/golive", "tests/frameworks", "tests/end_to_end", "tests/conftest.py",
           "pyproject.toml", "tools/framework_tests.py")  # fmt: skip
GROUP = "frameworks"
# Registries, tested by `make test-buckets`; documents, limits and tokens, which the suite tests.
OTHER_EXTRAS = ("aws", "gcp", "lambda", "oidc", "redis", "sbom")
Project = dict[str, Any]
IS_SMALL_LINUX = (sys.platform, platform.machine()) == ("linux", "x86_64")
#: Where there are such builds: the same packages without hundreds of megabytes for GPUs.
WITHOUT_GPU = {"xgboost": "xgboost-cpu", "tensorflow": "tensorflow-cpu"} if IS_SMALL_LINUX else {}
#: Each extra alone keeps one core busy at most.
AT_ONCE = min(2, os.cpu_count() or 1)
TORCH_INDEX = "https://download.pytorch.org/whl/cpu"


class StepFailedError(Exception):
    """A command failed; its message says which."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment that holds some requirements.

    Attributes:
        name: What to call it in messages.
        requirements: What pip is asked for.
        base: An environment whose packages it sees, too.
        constraints: Versions that it must use where it installs them at all.
    """

    name: str
    requirements: tuple[str, ...]
    base: "Environment | None" = None
    constraints: tuple[str, ...] = field(default=())

    @property
    def key(self) -> str:
        """A digest of all that decides what is installed."""
        parts = [*self.requirements, *self.constraints, self.base.key if self.base else ""]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]

    @property
    def folder(self) -> Path:
        """Where it lies in the cache."""
        return cache() / f"{self.key}-{platform.python_version()}"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def site_packages(self) -> Path:
        """The folder of its packages."""
        major, minor, _ = platform.python_version_tuple()
        return self.folder / "lib" / f"python{major}.{minor}" / "site-packages"

    def ensure(self) -> "Environment":
        """Make it unless it is there."""
        with locked(self.folder.with_name(f"{self.folder.name}.lock")):
            done = self.folder / ".made"
            if not done.exists():
                self._make()
                done.touch()
        return self

    def _make(self) -> None:
        begin = time.monotonic()
        say(f"making the environment {self.name!r} in {self.folder}")
        shutil.rmtree(self.folder, ignore_errors=True)
        venv.create(self.folder, with_pip=True)
        if self.base is not None:
            (self.site_packages / "base.pth").write_text(f"{self.base.site_packages}\n")
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("\n".join(self.constraints))
            file.flush()
            pip = [str(self.python), "-m", "pip", "--disable-pip-version-check", "install"]
            # Most modules of such packages are never imported: compiling them all takes minutes.
            options = ["-qq", "--no-compile", "--constraint", file.name]
            options += index_options(self.requirements)
            run(f"installing {self.name}", [*pip, *options, *self.requirements])
        say(f"made {self.name!r} in {time.monotonic() - begin:.0f} s")

    def freeze(self) -> tuple[str, ...]:
        """The exact versions of all it holds, without the builds' own suffixes."""
        command = [str(self.python), "-m", "pip", "--disable-pip-version-check", "freeze", "--all"]
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        pins = (line.partition("+")[0] for line in listed.splitlines())
        return tuple(pin for pin in pins if "==" in pin)

    def run(self, step: str, arguments: Sequence[str], *, is_held: bool = False) -> None:
        """Run its Python with golive's sources on the path; `is_held` as that of `run`."""
        paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        environment = {**os.environ, "PYTHONPATH": paths}
        run(step, [str(self.python), *arguments], environment, is_held=is_held)


def main() -> int:
    """Do what the command line says; the number of failed steps decides the exit code."""
    options = arguments()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = extras_of(project)
    digest = digest_of_sources()
    if options.list:
        print("\n".join(extras))
        return 0
    if options.if_changed and stamp().exists() and stamp().read_text() == digest:
        say("nothing that these tests cover has changed since they passed")
        return 0
    unknown = sorted(set(options.extra) - set(extras))
    if unknown:
        say(f"there is no extra {', '.join(unknown)}; there are {', '.join(extras)}")
        return 2
    chosen = ["-m", "not slow"] if options.quick else []
    failed = run_all(project, options.extra, options.pytest, chosen)
    for step in failed:
        say(f"FAILED: {step}")
    if not (failed or options.extra or options.pytest):
        stamp().write_text(digest)
    return 1 if failed else 0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description="Test every framework together, then each extra alone."
    )
    parser.add_argument(
        "--extra", action="append", default=[], metavar="NAME", help="only this extra, alone"
    )
    parser.add_argument(
        "--if-changed", action="store_true", help="do nothing if the same sources have passed"
    )
    parser.add_argument("--quick", action="store_true", help="leave out tests marked as slow")
    parser.add_argument("--list", action="store_true", help="list the extras")
    parser.add_argument("pytest", nargs="*", help="only pytest, with these arguments (after --)")
    return parser.parse_args()


def run_all(
    project: Project, wanted: Sequence[str], pytest: Sequence[str], chosen: Sequence[str]
) -> list[str]:
    """Run the steps, going on after a failure; the names of those that failed."""
    extras = extras_of(project)
    together = everything(project).ensure()
    failed: list[str] = []
    if not wanted:
        attempt(failed, "tests/frameworks", lambda: run_suite(together, pytest, chosen))
    if pytest:
        return failed
    pins = together.freeze()
    core = Environment("core", requirements(project["project"]["dependencies"]), None, pins)

    def one(extra: str) -> None:
        alone = Environment(f"{extra} alone", requirements(extras[extra]), core, pins)
        attempt(failed, f"{extra} alone", lambda: run_alone(extra, alone, together))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, wanted or extras))
    return failed


def everything(project: Project) -> Environment:
    """The environment with golive's requirements, all extras and what trains their models."""
    listed = [*project["project"]["dependencies"], *project["dependency-groups"][GROUP]]
    for extra in extras_of(project).values():
        listed += extra
    return Environment("all frameworks", requirements(listed))


def extras_of(project: Project) -> dict[str, list[str]]:
    """The extras that bring a framework, or a package that models are packed with."""
    extras = project["project"]["optional-dependencies"]
    return {name: listed for name, listed in extras.items() if name not in OTHER_EXTRAS}


def run_suite(together: Environment, pytest: Sequence[str], chosen: Sequence[str]) -> None:
    """Run tests/frameworks, or those that are chosen, where all frameworks are."""
    options = pytest or ["-n", "auto", "--dist", "loadfile", *chosen]
    together.run("tests/frameworks", ["-m", "pytest", "tests/frameworks", *options])


def run_alone(extra: str, alone: Environment, together: Environment) -> None:
    """Pack a small bundle where all frameworks are, and serve it where only the extra is."""
    if alone.base is not None:
        alone.base.ensure()
    alone.ensure()
    module = "tests.frameworks.alone"
    with tempfile.TemporaryDirectory(prefix="golive-frameworks-") as folder:
        bundle = str(Path(folder, f"{extra}.bundle"))
        packing = ["-m", module, "pack", extra, bundle]
        together.run(f"packing for {extra}", packing, is_held=True)
        serving = ["-m", module, "serve", extra, bundle]
        alone.run(f"serving with {extra} alone", serving, is_held=True)


def attempt(failed: list[str], step: str, do: Callable[[], None]) -> None:
    """Do one step, and remember if it fails."""
    begin = time.monotonic()
    say(step)
    try:
        do()
    except StepFailedError as error:
        failed.append(f"{step}: {error}")
    else:
        say(f"{step}: passed in {time.monotonic() - begin:.0f} s")


def requirements(listed: Sequence[str]) -> tuple[str, ...]:
    """Requirements with GPU builds replaced, each once, sorted."""
    replaced = set()
    for requirement in listed:
        name = re.match(r"[\w-]*", requirement)[0]
        replaced.add(WITHOUT_GPU.get(name, name) + requirement[len(name) :])
    return tuple(sorted(replaced))


def index_options(listed: Sequence[str]) -> list[str]:
    """PyTorch's own index of CPU builds, where torch is asked for and the index can be reached."""
    if not IS_SMALL_LINUX or not any(each.startswith("torch") for each in listed):
        return []
    try:
        with urllib.request.urlopen(f"{TORCH_INDEX}/torch/", timeout=10):
            return ["--extra-index-url", TORCH_INDEX]
    except OSError:
        return []


def run(
    step: str,
    command: Sequence[str],
    environment: dict[str, str] | None = None,
    *,
    is_held: bool = False,
) -> None:
    """Run a command with its output shown; `is_held`: at its end, as others run beside it."""
    ways = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if is_held else {}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, **ways)
    if done.stdout:
        sys.stderr.buffer.write(done.stdout)
        sys.stderr.flush()
    if done.returncode != 0:
        raise StepFailedError(f"{step} ended with code {done.returncode}")


def digest_of_sources() -> str:
    """A digest of every file that these tests cover, and of the Python that runs them."""
    digest = hashlib.sha256(platform.python_version().encode())
    for covered in COVERED:
        path = ROOT / covered
        files = [path] if path.is_file() else sorted(path.rglob("*.py"))
        for file in files:
            digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def stamp() -> Path:
    """The file that holds the digest of the sources that passed last."""
    return cache() / f"passed-{platform.python_version()}"


def cache() -> Path:
    """The folder of the environments."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(home) / "golive-frameworks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Wait until no other process holds the file."""
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def say(text: str) -> None:
    """A line of progress."""
    print(f"==> {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
