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

import pytest

from golive.blobs.folder import FolderStore
from golive.registry.registry import Registry

ROOT = Path(__file__).resolve().parents[2]
WRITERS = 8


@pytest.mark.slow
@pytest.mark.parametrize(
    ("operations", "least_kills"),
    [
        (200, 5),
        pytest.param(1_000, 20, marks=[pytest.mark.soak, pytest.mark.timeout(1200)]),
    ],
)
def test_writers_that_are_killed_lose_nothing(
    tmp_path: Path, operations: int, least_kills: int
) -> None:
    folder, seed = tmp_path / "registry", random.randrange(10**9)
    print(f"seed {seed}")  # shown where it fails
    kills = change(folder, tmp_path, operations=operations, least_kills=least_kills, seed=seed)
    assert kills >= least_kills

    events, files = read(folder / "games" / "history")
    check_chain(events, files)
    versions, aliases, gone = replayed(events)
    check_what_was_done(
        events, [line for path in tmp_path.glob("*.journal") for line in notes(path)]
    )

    registry = Registry(FolderStore(folder), location="", by="")
    history = registry.history("games")
    assert history.aliases == aliases
    assert [v.number for v in history.versions.values()] == list(versions)
    assert {v.number for v in history.versions.values() if v.is_collected} == gone
    for number, content in versions.items():
        if number not in gone:
            data = (folder / "games" / content["key"]).read_bytes()
            assert hashlib.sha256(data).hexdigest() == content["sha256"]
    assert all(key.startswith("games/") for key in listed(folder))


def change(
    folder: Path, notes_folder: Path, *, operations: int, least_kills: int, seed: int
) -> int:
    """Let writers work, and kill one after the other, until so much was done; how many died."""
    chosen, kills, made, running = random.Random(seed), 0, 0, []
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}

    def start() -> subprocess.Popen[bytes]:
        nonlocal made
        made += 1
        script, journal = ROOT / "tests" / "registry" / "writer.py", f"{made}.journal"
        arguments = [folder, notes_folder / journal, f"writer-{made}", f"{seed}-{made}"]
        return subprocess.Popen([sys.executable, script, *arguments], env=environment)

    try:
        running = [start() for _ in range(WRITERS)]
        deadline = time.monotonic() + operations
        while done(notes_folder) < operations or kills < least_kills:
            assert time.monotonic() < deadline, f"only {done(notes_folder)} operations were done"
            time.sleep(chosen.uniform(0.2, 1.4))
            at = chosen.randrange(WRITERS)
            running[at].send_signal(signal.SIGKILL)
            assert running[at].wait() == -signal.SIGKILL, "a writer ended by itself"
            kills += 1
            running[at] = start()
    finally:
        for process in running:
            process.kill()
            process.wait()
    return kills


def done(folder: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in folder.glob("*.journal"))


def notes(journal: Path) -> list[dict]:
    """The whole lines of a journal; a kill may have cut the last."""
    return [json.loads(line) for line in journal.read_text().split("\n")[:-1]]


def read(folder: Path) -> tuple[list[dict], list[bytes]]:
    """The events as they lie there, by their names."""
    files = [path.read_bytes() for path in sorted(folder.iterdir())]
    names = [path.name for path in sorted(folder.iterdir())]
    assert names == [f"{number:08}.json" for number in range(1, len(names) + 1)]
    return [json.loads(data) for data in files], files


def check_chain(events: list[dict], files: list[bytes]) -> None:
    assert [event["number"] for event in events] == list(range(1, len(events) + 1))
    digests = ["", *(hashlib.sha256(data).hexdigest() for data in files)]
    assert [event["after"] for event in events] == digests[:-1]


def replayed(events: list[dict]) -> tuple[dict[int, dict], dict[str, int], set[int]]:
    """What the events add up to, told without golive: versions, aliases, removed versions."""
    versions: dict[int, dict] = {}
    aliases: dict[str, int] = {}
    before: dict[str, list[int]] = {}
    gone: set[int] = set()
    for event in events:
        what = event["what"]
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
                elif aliases.get(what["alias"]) is not None:
                    stack.append(aliases[what["alias"]])
                aliases[what["alias"]] = what["version"]
            case "collected":
                assert not set(what["versions"]) & set(aliases.values())
                gone |= set(what["versions"])
                before = {a: [n for n in past if n not in gone] for a, past in before.items()}
    return versions, aliases, gone


def check_what_was_done(events: list[dict], done: list[dict]) -> None:
    """Everything that a writer was told to be done is there, once."""
    times = Counter(event["why"] for event in events)
    by_why = {event["why"]: event["what"] for event in events}
    assert max(times.values()) == 1
    for note in done:
        if note["kind"] == "push":
            assert by_why[note["why"]]["version"] == note["version"]
        elif note["kind"] == "rollback":
            assert by_why[note["why"]]["is_rollback"]
        elif note["kind"] == "collect" and note["versions"]:
            assert by_why[note["why"]]["versions"] == note["versions"]
        elif note["kind"] == "move" and note["why"] in by_why:
            assert by_why[note["why"]]["version"] == note["version"]


def listed(folder: Path) -> list[str]:
    return [blob.key for blob in FolderStore(folder).list("")]
