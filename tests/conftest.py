"""What every test shares: required services, test data and an environment of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.once_a_run import OnceARun
from tests.prepared_examples import PreparedExamples

if TYPE_CHECKING:
    from tests.redis_server import RedisServer
    from tests.small_versions import SmallVersions

ROOT = Path(__file__).resolve().parent.parent


def _data_missing() -> str | None:
    folder = os.environ.get("GOLIVE_TEST_DATA", "")
    if not folder:
        return "GOLIVE_TEST_DATA does not point to the larger data sets"
    if not Path(folder).is_dir():
        return f"GOLIVE_TEST_DATA is {folder}, which is no folder"
    return None


def _curl_missing() -> str | None:
    return None if shutil.which("curl") else "curl is not installed"


def _find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def _chromium_missing() -> str | None:
    return None if _find_chromium() else "no chromium, chromium-browser or google-chrome is there"


def _redis_missing() -> str | None:
    return None if shutil.which("redis-server") else "redis-server is not installed"


def _disks_missing() -> str | None:
    """Whether a process may have disks of its own: mounts in a namespace of its own."""
    mount = "mount -t tmpfs none /tmp && mount -o remount,ro /tmp"
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    except OSError as error:
        return f"there is no unshare: {error}"
    return f"unshare cannot mount here: {done.stderr.strip()}" if done.returncode else None


def _bucket_missing(name: str) -> str | None:
    variable = f"GOLIVE_TEST_{name}_BUCKET"
    return None if os.environ.get(variable) else f"{variable} names no bucket of an emulator"


def _terraform_missing() -> str | None:
    if shutil.which("terraform") is None:
        return "terraform is not installed"
    folder = os.environ.get("GOLIVE_TEST_TERRAFORM_PLUGINS", "")
    if not Path(folder, "registry.terraform.io/hashicorp/aws").is_dir():
        return "GOLIVE_TEST_TERRAFORM_PLUGINS names no folder with its provider of AWS"
    return None


def _program_missing(name: str) -> str | None:
    return None if shutil.which(name) else f"{name} is not installed"


def _package_missing(name: str) -> str | None:
    try:
        found = find_spec(name)
    except ModuleNotFoundError:
        found = None
    return None if found else f"{name} is not installed"


def _python_missing(python: tuple[int, int]) -> str | None:
    from golive.building.interpreters import find_interpreter

    if find_interpreter(python) is not None:
        return None
    return f"no python{python[0]}.{python[1]} is here"


def _lambda_client_missing() -> str | None:
    """Whether AWS's runtime client is here, or where GOLIVE_TEST_LAMBDA_PYTHON says."""
    python = os.environ.get("GOLIVE_TEST_LAMBDA_PYTHON")
    if not python:
        return _package_missing("awslambdaric")
    command = [python, "-I", "-c", "import awslambdaric, msgspec"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except OSError as error:
        return f"GOLIVE_TEST_LAMBDA_PYTHON: {error}"
    return f"{python}: {done.stderr.strip()[-200:]}" if done.returncode else None


#: Each service that a test may need: a function that says why it is absent, or None.
SERVICES: dict[str, Callable[[], str | None]] = {
    "data": _data_missing,
    "curl": _curl_missing,
    "chromium": _chromium_missing,
    "redis": _redis_missing,
    "disks": _disks_missing,
    "python3.13": lambda: _python_missing((3, 13)),
    "awslambdaric": _lambda_client_missing,
    "boto3": lambda: _package_missing("boto3"),
    "google-cloud-storage": lambda: _package_missing("google.cloud.storage"),
    "s3": lambda: _bucket_missing("S3"),
    "gcs": lambda: _bucket_missing("GCS"),
    "cfn-lint": lambda: _package_missing("cfnlint"),
    "aws-cdk": lambda: _package_missing("aws_cdk") or _program_missing("node"),
    "moto": lambda: _package_missing("moto.server"),
    "terraform": _terraform_missing,
}


def _required() -> set[str]:
    return {name.strip() for name in os.environ.get("GOLIVE_REQUIRE", "").split(",")} - {""}


def need(name: str) -> None:
    """Return where the service is there; fail where it is required and absent, skip elsewhere."""
    reason = SERVICES[name]() if name in SERVICES else "tests/conftest.py knows no such service"
    if reason is None:
        return
    if name in _required():
        pytest.fail(f"GOLIVE_REQUIRE names {name}, which is absent: {reason}", pytrace=False)
    pytest.skip(f"{name} is absent: {reason}")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("requires"):
        for name in marker.args:
            need(name)


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of the larger data sets."""
    need("data")
    return Path(os.environ["GOLIVE_TEST_DATA"])


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium."""
    need("chromium")
    return str(_find_chromium())


@pytest.fixture
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[RedisServer]":
    """An empty Redis for one test, which it may kill."""
    need("redis")
    from tests.redis_server import RedisServer

    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session", autouse=True)
def _own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's caches and settings out, and let subprocesses import this golive."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("GOLIVE_")]:
            if name != "GOLIVE_REQUIRE" and not name.startswith("GOLIVE_TEST_"):
                patch.delenv(name)
        patch.setenv("GOLIVE_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("NO_COLOR", "1")
        patch.setenv("COLUMNS", "100")
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        patch.setenv("PYTHONPATH", str(ROOT / "src"), prepend=os.pathsep)
        yield


@pytest.fixture(scope="session")
def once_a_run(tmp_path_factory: pytest.TempPathFactory) -> OnceARun:
    """What is made once for all of pytest's processes, and only read."""
    own = tmp_path_factory.getbasetemp()
    is_one_of_many = "PYTEST_XDIST_WORKER" in os.environ
    return OnceARun((own.parent if is_one_of_many else own) / "once")


@pytest.fixture(scope="session")
def prepared_examples(once_a_run: OnceARun) -> PreparedExamples:
    """The examples, trained and packed once."""
    return PreparedExamples(once_a_run)


@pytest.fixture(scope="session")
def small_versions(once_a_run: OnceARun) -> "SmallVersions":
    """Bundles of a small model that may take each other's place, or should not."""
    from tests.small_versions import SmallVersions

    return SmallVersions(once_a_run)


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the project."""
    return ROOT
