from __future__ import annotations

import io
import json
import shutil

import pytest
from tests.entry.conftest import bundle  # noqa: F401 - the same small model

from golive.wiring.aws_lambda import open_function


class Context:
    """What Lambda tells of an invocation."""

    function_name = "games"
    function_version = "7"
    aws_request_id = "11111111-2222-3333-4444-555555555555"

    def __init__(self, seconds=30.0):
        self.seconds = seconds

    def get_remaining_time_in_millis(self):
        return int(self.seconds * 1000)


class Opened:
    """A function, and what it wrote."""

    def __init__(self, root, **environ):
        self.log = io.StringIO()
        environ = {
            "AWS_LAMBDA_FUNCTION_NAME": "games",
            "AWS_LAMBDA_FUNCTION_VERSION": "7",
        } | environ
        self.function = open_function(root, environ=environ, stream=self.log)

    def __call__(self, event, seconds=30.0):
        return self.function(event, Context(seconds))

    @property
    def lines(self):
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@pytest.fixture(scope="session")
def package(bundle, tmp_path_factory):  # noqa: F811
    """A folder that is laid out as a package: its bundle is in `bundle`."""
    root = tmp_path_factory.mktemp("task")
    shutil.copytree(bundle.path, root / "bundle")
    return root


@pytest.fixture(scope="session")
def opened(package):
    """The function of the package, for tests that do not look at its log."""
    return Opened(package)


@pytest.fixture
def open_package(package):
    """Open the function of the package anew, with settings."""
    return lambda **environ: Opened(package, **environ)
