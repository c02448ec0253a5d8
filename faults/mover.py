"""A process that promotes and rolls back beside others, until so much has happened.

python -m faults.mover REGISTRY MODEL EVENTS SEED
"""

from __future__ import annotations

import random
import sys
import time

from golive.errors import UsageError
from golive.registry.errors import RegistryError
from golive.wiring.registries import open_registry

__all__ = ["main"]

_LONGEST_PAUSE = 0.3


def main(location: str, model: str, events: str, seed: str) -> None:
    """Move the alias `prod` until the history has so many events; print how often it worked."""
    registry, chosen, done = open_registry(location), random.Random(seed), 0
    while registry.history(model).last < int(events):
        time.sleep(chosen.uniform(0, _LONGEST_PAUSE))
        try:
            if chosen.random() < 0.5:
                registry.rollback(model, "prod", why=f"{seed} {done}")
            else:
                registry.move(model, "prod", chosen.choice((1, 2)), why=f"{seed} {done}")
        except (UsageError, RegistryError):
            continue  # nothing to roll back to, or somebody was faster
        done += 1
    print(done)


if __name__ == "__main__":
    main(*sys.argv[1:])
