"""Many processes change one registry, and are killed at any time: nothing is lost or forked."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest

from golive.blobs.opening import open_store
from golive.registry.registry import Registry

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("operations", "least_kills"),
    [
        (1_000, 20),
        pytest.param(5_000, 60, marks=[pytest.mark.soak, pytest.mark.timeout(1200)]),
    ],
)
def test_writers_that_are_killed_lose_nothing(
    tmp_path: Path, operations: int, least_kills: int
) -> None:
    folder = tmp_path / "registry"
    change(str(folder), tmp_path, writers=8, operations=operations, least_kills=least_kills)
    check(str(folder), files_of(folder), tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.requires("s3")
def test_writers_of_a_bucket_that_are_killed_lose_nothing(tmp_path: Path) -> None:
    bucket, prefix = os.environ["GOLIVE_TEST_S3_BUCKET"], uuid4().hex
    change(f"s3://{bucket}/{prefix}", tmp_path, writers=2, operations=60, least_kills=3)
    check(f"s3://{bucket}/{prefix}", objects_of(bucket, prefix), tmp_path)


def change(
    location: str, notes_folder: Path, *, writers: int, operations: int, least_kills: int
) -> None:
    """Let writers work, and kill one after the other, until so much was done."""
    seed = random.randrange(10**9)
    print(f"seed {seed}")  # shown where it fails
    chosen, kills, made, running = random.Random(seed), 0, 0, []
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}

    def start() -> subprocess.Popen[bytes]:
        nonlocal made
        made += 1
        script, journal = ROOT / "tests" / "registry" / "writer.py", f"{made}.journal"
        arguments = [location, notes_folder / journal, f"writer-{made}", f"{seed}-{made}"]
        return subprocess.Popen([sys.executable, script, *arguments], env=environment)

    try:
        running = [start() for _ in range(writers)]
        deadline = time.monotonic() + 120 + operations / 5
        while done(notes_folder) < operations or kills < least_kills:
            assert time.monotonic() < deadline, f"only {done(notes_folder)} operations were done"
            time.sleep(chosen.uniform(0.1, 7 / writers))
            at = chosen.randrange(writers)
            running[at].send_signal(signal.SIGKILL)
            assert running[at].wait() == -signal.SIGKILL, "a writer ended by itself"
            kills += 1
            running[at] = start()
        assert [process.poll() for process in running] == [None] * writers, "one ended by itself"
    finally:
        for process in running:
            process.kill()
            process.wait()


def done(folder: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in folder.glob("*.journal"))


def check(location: str, files: dict[str, bytes], notes_folder: Path) -> None:
    """Replay what lies there, and compare it with what writers noted and with what golive says."""
    history = {key: data for key, data in files.items() if key.startswith("games/history/")}
    events = read(history)
    versions, aliases, gone = replayed(events)
    check_what_was_done(
        events,
        aliases,
        [line for path in notes_folder.glob("*.journal") for line in notes(path)],
    )
    for key in files.keys() - history.keys():  # of those that are no versions, too
        name = key.removeprefix("games/bundles/").partition(".")[0]
        assert hashlib.sha256(files[key]).hexdigest() == name, f"{key} is half written"

    registry = Registry(open_store(location), location="", by="")
    known = registry.history("games")
    assert known.aliases == aliases[-1]
    assert list(known.versions) == list(versions)
    assert {v.number for v in known.versions.values() if v.is_collected} == gone
    for number, content in versions.items():
        if number not in gone:
            fetched = notes_folder / "fetched.zip"
            registry.fetch("games", known.versions[number], fetched)
            assert hashlib.sha256(fetched.read_bytes()).hexdigest() == content["sha256"]


def notes(journal: Path) -> list[dict]:
    """The whole lines of a journal; a kill may have cut the last."""
    return [json.loads(line) for line in journal.read_text().split("\n")[:-1]]


def files_of(folder: Path) -> dict[str, bytes]:
    """What readers see of a folder; what is hidden are uploads."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.parent.name.startswith(".")
    }


def objects_of(bucket: str, prefix: str) -> dict[str, bytes]:
    import boto3

    objects = boto3.resource("s3").Bucket(bucket).objects.filter(Prefix=f"{prefix}/")
    return {each.key.removeprefix(f"{prefix}/"): each.get()["Body"].read() for each in objects}


def read(history: dict[str, bytes]) -> list[dict]:
    """The events by their numbers: without a gap, and each naming the digest of the one before."""
    files = [history[key] for key in sorted(history)]
    names = [f"games/history/{number:08}.json" for number in range(1, len(files) + 1)]
    assert sorted(history) == names
    events = [json.loads(data) for data in files]
    assert [event["number"] for event in events] == list(range(1, len(events) + 1))
    digests = ["", *(hashlib.sha256(data).hexdigest() for data in files)]
    assert [event["after"] for event in events] == digests[:-1]
    return events


def replayed(events: list[dict]) -> tuple[dict[int, dict], list[dict[str, int]], set[int]]:
    """What the events add up to, told without golive.

    The versions, the aliases after each event (after none at first), and the removed versions.
    """
    versions: dict[int, dict] = {}
    aliases: list[dict[str, int]] = [{}]
    before: dict[str, list[int]] = {}
    gone: set[int] = set()
    for event in events:
        what, now = event["what"], dict(aliases[-1])
        match what["type"]:
            case "pushed":
                assert what["version"] == len(versions) + 1
                versions[what["version"]] = what["content"]
            case "moved":
                assert what["version"] in versions
                assert what["version"] not in gone
                stack = before.setdefault(what["alias"], [])
                if what["is_rollback"]:
                    assert stack.pop() == what["version"]
                elif now.get(what["alias"]) is not None:
                    stack.append(now[what["alias"]])
                now[what["alias"]] = what["version"]
            case "collected":
                assert not set(what["versions"]) & set(now.values())
                gone |= set(what["versions"])
                before = {a: [n for n in past if n not in gone] for a, past in before.items()}
        aliases.append(now)
    return versions, aliases, gone


def check_what_was_done(
    events: list[dict], aliases: list[dict[str, int]], done: list[dict]
) -> None:
    """Everything that a writer was told to be done is there, once."""
    assert max(Counter(event["why"] for event in events).values()) == 1
    by_why = {event["why"]: event for event in events}
    for note in done:
        event = by_why.get(note["why"])
        match note:
            case {"kind": "collect", "versions": []}:
                pass  # there was nothing to remove, or only what broke off
            case {"kind": "move", "seen": seen} if event is None:
                # The alias stood there already, and nothing was to be added.
                assert aliases[seen][note["alias"]] == note["version"], note
            case _:
                assert event is not None, f"{note} was lost"
                assert event["number"] == note.get("seen", event["number"])
                check_event(event["what"], note)


def check_event(what: dict, note: dict) -> None:
    match note["kind"]:
        case "push":
            assert what["type"] == "pushed"
            assert (what["version"], what["content"]["sha256"]) == (note["version"], note["sha256"])
        case "collect":
            assert what["type"] == "collected"
            assert what["versions"] == note["versions"]
        case kind:
            assert what["type"] == "moved"
            assert (what["alias"], what["version"]) == (note["alias"], note["version"])
            assert what["is_rollback"] == (kind == "rollback")
