"""Bad days: disks that are full or cannot be written to, files that go away, a port in use.

What is documented of each stands in docs/operations.md.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from tests.end_to_end.live_server import child_environment, serving
from tests.end_to_end.own_disks import filled, on_a_disk, seen_by
from tests.end_to_end.versions import Versions, factor_bundles

from golive.bundle.archive import write_archive

pytestmark = pytest.mark.slow
NO_ROOM = "No space left on device"
NO_WRITING = "Read-only file system"
FILL = 'head -c 9m /dev/zero > "{}/filler" 2> /dev/null || true'


@pytest.fixture(scope="module")
def bundles(once_a_run):
    return factor_bundles(once_a_run)


@pytest.fixture
def disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    return folder


def golive(*words, within=(), **variables):
    """What a command gives: its code, and what it printed to stdout and stderr."""
    done = subprocess.run(
        [*within, sys.executable, "-m", "golive", *map(str, words)],
        capture_output=True,
        text=True,
        env=child_environment() | variables,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr


def until(is_so, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return
        time.sleep(0.05)
    pytest.fail(f"It was not so within {seconds} seconds.")


def answers(server, times=40):
    """The statuses and scores of so many new connections."""
    found = set()
    for _ in range(times):
        response = httpx.post(f"{server.client.base_url}/predict", json={"x": 3}, timeout=30)
        found.add((response.status_code, round(response.json()["predictions"][0]["score"], 6)))
    return found


def workers_of(server):
    process = server.process.pid
    return [*map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())]


@pytest.mark.parametrize("workers", [[], ["--workers", "2"]])
def test_a_port_in_use_is_told_at_once(bundles, workers):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, told = golive("serve", bundles[0].path, "--port", port, *workers)

    assert code == 2
    assert told == (
        f"error: Port {port} of 127.0.0.1 is already in use.\n"
        "hint: Take any free one with: --port 0\n"
    )


@pytest.mark.parametrize("options", [["--keys", "nowhere.json"], ["--tls-certificate", "no.pem"]])
def test_a_file_that_is_missing_at_the_start_is_named(bundles, tmp_path, options):
    code, _, told = golive("serve", bundles[0].path, "--port", "0", *options)

    assert code in (1, 2)
    assert options[1] in told
    assert golive("serve", tmp_path / "no.bundle")[0] == 2


def test_a_bundle_that_goes_away_ends_nothing_and_a_worker_is_replaced_when_it_is_back(
    bundles, tmp_path
):
    bundle = tmp_path / "m.bundle"
    shutil.copytree(bundles[0].path, bundle)
    with serving(bundle, tmp_path, "--workers", "2") as server:
        killed = workers_of(server)[0]
        until(lambda: _answers_without(server, killed))
        bundle.rename(tmp_path / "away")
        os.kill(killed, signal.SIGKILL)
        until(lambda: "a worker could not begin" in server.log.read_text())
        without = answers(server)
        (tmp_path / "away").rename(bundle)
        time.sleep(4)
        told = server.log.read_text().count("a worker could not begin")
        time.sleep(3)

        assert without == answers(server) == {(200, 3.0)}
        assert server.log.read_text().count("a worker could not begin") == told
        assert len(workers_of(server)) == 2


def _answers_without(server, worker):
    """Whether another worker answers while this one stands still."""
    os.kill(worker, signal.SIGSTOP)
    try:
        return httpx.get(f"{server.client.base_url}/readyz", timeout=3).status_code == 200
    except httpx.TransportError:
        return False
    finally:
        os.kill(worker, signal.SIGCONT)


def test_where_nobody_can_begin_the_server_ends_and_says_why(bundles, tmp_path):
    bundle = tmp_path / "m.bundle"
    shutil.copytree(bundles[0].path, bundle)
    command = [
        sys.executable,
        "-m",
        "golive",
        "serve",
        str(bundle),
        "--port",
        "0",
        "--workers",
        "2",
    ]
    log = tmp_path / "log"
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink, env=child_environment())
    until(lambda: " answers at " in log.read_text())
    bundle.rename(tmp_path / "away")
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for child in children:
        os.kill(int(child), signal.SIGKILL)

    assert process.wait(60) == 1
    assert "There is no bundle at" in log.read_text().splitlines()[-2]


@pytest.mark.requires("disks")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_disk_that_gets_full_stops_no_answer_and_no_worker(
    bundles, disk, tmp_path, monkeypatch, workers
):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(disk / "cache"))
    monkeypatch.setenv("TMPDIR", str(disk))
    logging = on_a_disk(disk, prepare=f'exec >> "{disk}/log" 2>&1')
    options = ("--workers", str(workers))
    with (
        serving(bundles[0].path, tmp_path, *options, within=logging) as server,
        filled(seen_by(server.process.pid, disk)),
    ):
        before = answers(server)
        refused = httpx.post(f"{server.client.base_url}/predict", content=b"{").status_code
        if workers == 2:
            for worker in workers_of(server):
                os.kill(worker, signal.SIGKILL)
                until(lambda: len(workers_of(server)) == 2)
                time.sleep(2.5)
        after, metrics = answers(server), server.client.get("/metrics").status_code

    assert (before, refused) == ({(200, 3.0)}, 415)
    assert (after, metrics) == ({(200, 3.0)}, 200)


@pytest.mark.requires("disks")
def test_a_version_that_does_not_fit_on_the_disk_is_taken_when_it_does(
    bundles, disk, tmp_path, monkeypatch
):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(disk / "cache"))
    versions = Versions(tmp_path / "registry", bundles)
    followed = versions.folder / "games@prod"
    with serving(followed, tmp_path, "--refresh", "1h", within=on_a_disk(disk)) as server:
        with filled(seen_by(server.process.pid, disk)):
            versions.promote(2)
            server.process.send_signal(signal.SIGHUP)
            until(lambda: "unavailable" in _followed(server))
            told, full = _followed(server)["unavailable"]["message"], answers(server)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: _followed(server)["serves"] == "games@2")

        assert NO_ROOM in told
        assert full == {(200, 3.0)}
        assert answers(server) == {(200, 6.0)}


def _followed(server):
    return server.client.get("/readyz").json()["refresh"]["games"]


@pytest.mark.requires("disks")
def test_a_server_begins_where_the_cache_is_full_if_it_has_the_version(
    bundles, disk, tmp_path, monkeypatch
):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(disk / "cache"))
    versions = Versions(tmp_path / "registry", bundles)
    followed = versions.folder / "games@prod"
    pull = f'"{sys.executable}" -m golive inspect "{followed}" > /dev/null'
    full = on_a_disk(disk, prepare=f"{pull} && {FILL.format(disk)}")
    with serving(followed, tmp_path, "--refresh", "1h", within=full) as server:
        assert answers(server) == {(200, 3.0)}
        assert "`golive refresh` will not find this server" in server.log.read_text()


@pytest.mark.requires("disks")
def test_a_push_to_a_full_disk_leaves_nothing_half_done(bundles, disk):
    push = f'"{sys.executable}" -m golive push "{bundles[0].path}"'
    steps = f'{FILL.format(disk)}; {push}; echo "code $?"; ls "{disk}"; rm "{disk}/filler"; {push}'
    code, printed, told = golive(
        "versions", within=on_a_disk(disk, prepare=steps), GOLIVE_REGISTRY=str(disk)
    )

    assert NO_ROOM in told
    assert "has room" in told
    assert printed.startswith("code 1\nfiller\ngames@1\n")
    assert (code, " games   1 " in printed) == (0, True)


@pytest.mark.requires("disks")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_bundle_is_served_from_a_disk_that_cannot_be_written_to(
    bundles, disk, tmp_path, monkeypatch, workers
):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(disk / "cache"))
    steps = f'cp -r "{bundles[0].path}" "{disk}/m.bundle" && mount -o remount,ro "{disk}"'
    locked = on_a_disk(disk, prepare=steps)
    with serving(disk / "m.bundle", tmp_path, "--workers", str(workers), within=locked) as server:
        assert answers(server) == {(200, 3.0)}


@pytest.mark.requires("disks")
def test_what_writes_to_a_disk_that_cannot_be_written_to_says_so(bundles, disk, tmp_path):
    archive, registry = tmp_path / "m.zip", tmp_path / "registry"
    write_archive(bundles[0].path, archive)
    Versions(registry, bundles)
    locked = on_a_disk(disk, prepare=f'mount -o remount,ro "{disk}"')
    commands = (
        ("push", bundles[0].path, "--registry", disk),
        ("keys", "create", "--keys", disk / "keys.json", "--name", "a"),
        ("pull", "games@1", "-o", disk / "m.bundle"),
    )

    for words in commands:
        code, printed, told = golive(*words, within=locked, GOLIVE_REGISTRY=str(registry))
        assert (code, printed) == (1, ""), told
        assert NO_WRITING in told
        assert "golive itself failed" not in told
    cached = golive("inspect", archive, within=locked, GOLIVE_CACHE_DIR=f"{disk}/cache")
    assert (cached[0], "GOLIVE_CACHE_DIR" in cached[2]) == (2, True)
