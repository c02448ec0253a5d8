"""A campaign: one target is tried for some seconds, and what was found is written down.

python -m fuzzing.campaign TARGET FOLDER SECONDS SEED [--plain]

Under Atheris inputs are kept that reach new lines (https://github.com/google/atheris); with
`--plain`, and where there is no Atheris, they are mutations of the seeds alone.
"""

from __future__ import annotations

import hashlib
import random
import sys
import time
import traceback
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from fuzzing.mutation import bytes_changed, mutated
from fuzzing.target import Target
from fuzzing.targets import find

__all__ = ["Finds", "inputs", "main"]

_MOST_FINDS = 20
_LIMITS = ("-timeout=20", "-rss_limit_mb=2048")


class Finds:
    """Writes down inputs for which something does not hold, once for each place.

    Args:
        target: Is tried.
        folder: Gets an input and a traceback of each.
    """

    def __init__(self, target: Target, folder: Path) -> None:
        self._target = target
        self._folder = folder
        self._known: set[str] = set()

    def attempt(self, data: bytes) -> None:
        """Try an input; never raises but to end."""
        try:
            self._target.check(data)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            self._keep(data, error)

    @property
    def is_over(self) -> bool:
        """Whether there are so many that no more are looked for."""
        return len(self._known) >= _MOST_FINDS

    def _keep(self, data: bytes, error: Exception) -> None:
        frames = [
            f for f in traceback.extract_tb(error.__traceback__) if "atheris" not in f.filename
        ]
        where = f"{type(error).__name__} {[(f.filename, f.lineno) for f in frames[-4:]]}"
        name = hashlib.sha256(where.encode()).hexdigest()[:12]
        if name in self._known or self.is_over:
            return
        self._known.add(name)
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / f"{name}.input").write_bytes(data)
        text = "".join(traceback.format_exception(error))
        (self._folder / f"{name}.txt").write_text(text, "utf-8", "replace")


def main(name: str, folder: Path, seconds: int, seed: int, *, is_plain: bool) -> None:
    """Try a target for so many seconds."""
    if is_plain or find_spec("atheris") is None:
        _run_plainly(name, folder, seconds, seed)
    else:
        _run_guided(name, folder, seconds, seed)


def inputs(target: Target, seed: int, further: tuple[bytes, ...] = ()) -> Iterator[bytes]:
    """The seeds of a target and further ones, and then mutations of them without end."""
    seeds = (*target.seeds, *further)
    yield from seeds
    chosen = random.Random(seed)
    blind = partial(bytes_changed, chosen=chosen, words=target.words)
    while True:
        data = chosen.choice(seeds)
        for _ in range(chosen.randint(1, 4)):
            seeded = chosen.getrandbits(32)
            data = mutated(data, most=target.longest, seed=seeded, blind=blind)
        yield data


def _run_plainly(name: str, folder: Path, seconds: int, seed: int) -> None:
    target, end, runs = find(name), time.monotonic() + seconds, 0
    finds = Finds(target, folder / "found")
    for data in inputs(target, seed, _made(folder)):
        if time.monotonic() > end or finds.is_over:
            break
        finds.attempt(data)
        runs += 1
    print(f"Done {runs} runs", file=sys.stderr)


def _run_guided(name: str, folder: Path, seconds: int, seed: int) -> None:
    import atheris

    with atheris.instrument_imports(include=["golive"]):
        target = find(name)
        for data in (*target.seeds, *_made(folder)):  # what is imported late is instrumented, too
            target.check(data)
    corpus, seeds, words = folder / "corpus", folder / "seeds", folder / "words.dict"
    for directory in (corpus, seeds):
        directory.mkdir(parents=True, exist_ok=True)
    for at, data in enumerate((*target.seeds, *_made(folder))):
        (seeds / f"{at}").write_bytes(data)
    words.write_text("".join(f"{_quoted(word)}\n" for word in target.words))
    finds = Finds(target, folder / "found")

    def mutate(data: bytes, most: int, seeded: int) -> bytes:
        return mutated(data, most=most, seed=seeded, blind=atheris.Mutate)

    atheris.Setup(
        [
            sys.argv[0],
            str(corpus),
            str(seeds),
            f"-max_total_time={seconds}",
            f"-max_len={target.longest}",
            f"-seed={seed % 2**31}",
            f"-dict={words}",
            f"-artifact_prefix={folder}/crash-",
            "-print_final_stats=1",
            *_LIMITS,
        ],
        finds.attempt,
        custom_mutator=mutate,
    )
    atheris.Fuzz()


def _made(folder: Path) -> tuple[bytes, ...]:
    """The seeds that were made for a target beside its own."""
    return tuple(path.read_bytes() for path in sorted(folder.glob("made/*")))


def _quoted(word: bytes) -> str:
    """A word as libFuzzer's dictionaries have it."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word) + '"'


if __name__ == "__main__":
    words = sys.argv[1:]
    main(words[0], Path(words[1]), int(words[2]), int(words[3]), is_plain="--plain" in words)
