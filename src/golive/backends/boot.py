"""What a backend's Python runs first: it makes this golive importable, and nothing beside it.

It is run as a file, by a Python in which golive need not be installed and which may be too old for
the rest of it: it imports the standard library alone.
"""

from __future__ import annotations

import json
import socket
import struct
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

__all__ = ["main"]

_OLDEST = (3, 11)


def main(descriptor: int) -> None:
    """Be the backend that the server at the other end of a socket asks for.

    Args:
        descriptor: Of the socket.
    """
    try:
        _take_golive(Path(__file__).resolve().parents[1])
        from golive.backends.child import run
    except ImportError as error:
        _tell(descriptor, error)
        raise SystemExit(1) from error
    run(descriptor)


def _take_golive(package: Path) -> None:
    """Import golive from its directory, whatever is installed here, and leave that out of the path.

    Raises:
        ImportError: It is not there, or this Python is too old for it.
    """
    if sys.version_info[:2] < _OLDEST:
        raise ImportError("golive needs Python 3.11 or newer")
    search = [str(package)]
    spec = spec_from_file_location(
        "golive", package / "__init__.py", submodule_search_locations=search
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"there is no golive at {package}")
    module = module_from_spec(spec)
    sys.modules["golive"] = module
    spec.loader.exec_module(module)


def _tell(descriptor: int, error: ImportError) -> None:
    """Say why it does not start, as `golive.backends.messages` reads it."""
    name = getattr(error, "name", None)
    hint = f"{sys.executable} -m pip install {name}" if name else "golive serve --python NAME=PATH"
    told = {"message": f"Its Python cannot run golive: {error}", "hint": hint}
    message = json.dumps(told).encode()
    with socket.socket(fileno=descriptor) as link:
        link.sendall(struct.pack("!Q", len(message)) + message)


if __name__ == "__main__":
    if sys.path and Path(sys.path[0]).resolve() == Path(__file__).resolve().parent:
        sys.path.pop(0)  # modules beside this file are not to be found by their bare names
    main(int(sys.argv[1]))
