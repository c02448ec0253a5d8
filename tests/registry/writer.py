"""A process that pushes, moves, rolls back and removes until it is killed; it notes what was done.

python writer.py REGISTRY JOURNAL NAME SEED
"""

import json
import random
import sys
from pathlib import Path

from tests.registry.bundles import small_bundle

from golive.blobs.opening import open_store
from golive.errors import UsageError
from golive.registry.registry import Registry

ALIASES = ("prod", "staging", "candidate")


def main(location: str, journal: str, name: str, seed: str) -> None:
    """Change the registry for ever; a line of the journal is written after each thing is done."""
    chosen = random.Random(seed)
    registry = Registry(open_store(location), location=location, by=name)
    scratch = Path(journal).with_suffix(".files")
    scratch.mkdir(exist_ok=True)
    with Path(journal).open("a", buffering=1) as notes:
        for number in range(1_000_000):
            why = f"{name} {number}"
            done = act(registry, scratch, chosen, why)
            if done is not None:
                notes.write(json.dumps({"why": why, **done}) + "\n")


def act(registry, scratch, chosen, why):
    """Do one thing; what was done, or None where it could not be.

    `seen` is the number of the event up to which the history was known when it was done.
    """
    kind = chosen.choices(["push", "move", "rollback", "collect"], [4, 3, 2, 1])[0]
    alias = chosen.choice(ALIASES)
    try:
        match kind:
            case "push":
                pushed = registry.push(small_bundle(scratch, why.replace(" ", "-")), why=why)
                content = pushed.version.content
                return {"kind": kind, "version": pushed.version.number, "sha256": content.sha256}
            case "move":
                versions = registry.history("games").versions
                version = chosen.choice(list(versions)[-10:])
                seen = registry.move("games", alias, version, why=why)
                return {"kind": kind, "version": version, "alias": alias, "seen": seen.last}
            case "rollback":
                seen = registry.rollback("games", alias, why=why)
                version = seen.aliases[alias]
                return {"kind": kind, "version": version, "alias": alias, "seen": seen.last}
            case _:
                gone = registry.collect("games", keep=12, why=why)
                return {"kind": kind, "versions": list(gone.versions)}
    except UsageError:
        return None  # nothing to move or to roll back yet, or somebody was faster


if __name__ == "__main__":
    main(*sys.argv[1:])
