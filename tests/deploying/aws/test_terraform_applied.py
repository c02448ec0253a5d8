"""The configuration of Terraform is applied on an emulator of AWS, planned again, and destroyed."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.deploying.aws.orders import order

from golive.deploying.aws.ejecting import eject

pytestmark = [pytest.mark.slow, pytest.mark.requires("terraform", "moto"), pytest.mark.timeout(900)]

SERVICES = [
    "apigateway",
    "apigatewayv2",
    "cloudwatch",
    "events",
    "iam",
    "lambda",
    "logs",
    "route53",
    "s3",
    "sns",
    "sts",
]
#: What moto does not keep of a function; Terraform would set it again, and publish.
FORGOTTEN = {"logging_config"}
KNOWN_AFTER = {"qualified_arn", "qualified_invoke_arn", "version", "function_version"}


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1"]
    with (tmp_path / "moto.log").open("w") as log:
        process = subprocess.Popen([*command, "-p", str(port)], stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url)
        bucket = "golive-123456789012-eu-central-1"  # that of moto's account
        made = urllib.request.Request(f"{url}/{bucket}", method="PUT")
        urllib.request.urlopen(made, timeout=5).close()
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(url: str) -> None:
    last = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{url}/moto-api/", timeout=5).close()
        except OSError:
            if time.monotonic() > last:
                raise
            time.sleep(0.2)
        else:
            return


def test_a_service_is_made_stays_as_it_is_and_is_destroyed(emulator: str, tmp_path: Path):
    folder = tmp_path / "service"
    folder.mkdir()
    text = eject(order({"alarm_email": "team@example.com"}), "terraform")["service/main.tf.json"]
    (folder / "main.tf.json").write_text(text)
    provider = {
        "region": "eu-central-1",
        "access_key": "test",
        "secret_key": "test",
        "skip_credentials_validation": True,
        "s3_use_path_style": True,
        "endpoints": [dict.fromkeys(SERVICES, emulator)],
    }
    override = json.dumps({"provider": {"aws": provider}})
    (folder / "emulator_override.tf.json").write_text(override)
    environment = {**os.environ, "AWS_EC2_METADATA_DISABLED": "true"}

    def terraform(*words: str) -> str:
        done = subprocess.run(
            ["terraform", *words],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    plugins = os.environ["GOLIVE_TEST_TERRAFORM_PLUGINS"]
    terraform("init", "-backend=false", "-input=false", f"-plugin-dir={plugins}")
    terraform("apply", "-auto-approve", "-input=false")
    outputs = json.loads(terraform("output", "-json"))
    terraform("plan", "-input=false", "-out=again")
    again = json.loads(terraform("show", "-json", "again"))
    destroyed = terraform("destroy", "-auto-approve", "-input=false", "-no-color")

    changed = {
        resource["address"]: _different(resource["change"])
        for resource in again["resource_changes"]
        if resource["change"]["actions"] != ["no-op"]
    }
    assert outputs["alias_arn"]["value"].endswith(":function:golive-games-dev:live")
    assert outputs["url"]["value"].endswith("/dev")
    assert outputs["new_version"]["value"] == "1"
    assert changed.keys() <= {"aws_lambda_function.function", "aws_lambda_alias.live_alias"}
    assert set().union(*changed.values()) <= FORGOTTEN | KNOWN_AFTER
    assert "Destroy complete!" in destroyed


def _different(change: dict) -> set[str]:
    before, after = change["before"], change["after"]
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
