"""The Python of a package: the one whose bytecode is in it, with AWS's own client."""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from golive.building.errors import NotProvenError
from golive.building.interpreters import find_interpreter
from golive.building.proving_environment import make_proving_environment

__all__ = ["built_for", "python_for"]

_BYTECODE = re.compile(r"\.cpython-(\d)(\d+)\.pyc$")


def built_for(package: Path) -> tuple[int, int] | None:
    """The version of the Python that a package was built for, such as `(3, 13)`.

    None if there is no bytecode in it, or it is no zip file.
    """
    try:
        with zipfile.ZipFile(package) as archive:
            found = next(filter(None, map(_BYTECODE.search, archive.namelist())), None)
    except zipfile.BadZipFile:
        return None
    return None if found is None else (int(found[1]), int(found[2]))


def python_for(package: Path, *, tell: Callable[[str], object], cache: Path | None = None) -> str:
    """A Python that can run a package: its own version with AWS's client, installed once.

    Args:
        package: A zip file; one without bytecode is run by the Python that runs golive.
        tell: Is told what takes long.
        cache: Where AWS's client is kept; None: `golive.settings.cache_dir()`.

    Raises:
        NotProvenError: That Python is not here.
        BuildError: AWS's client cannot be installed.
    """
    python = built_for(package)
    if python is None:
        return sys.executable
    version = f"{python[0]}.{python[1]}"
    interpreter = find_interpreter(python)
    if interpreter is None:
        raise NotProvenError(
            f"{package} is for Python {version}, and no python{version} is here to run it.",
            hint="Install it, or name one that has awslambdaric: --python /path/to/python",
        )
    return str(make_proving_environment(interpreter, version, cache=cache, tell=tell))
