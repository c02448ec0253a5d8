"""The recipe: the command or call that makes a bundle again, for its card."""

from __future__ import annotations

import shlex
from pathlib import Path

from golive.signature.model import JsonValue

__all__ = ["recipe"]


def recipe(model: object, data: object, options: dict[str, JsonValue | object]) -> str:
    """The command line for files, the Python call for objects.

    Args:
        model: What was packed.
        data: The training sample; None where the model brought one.
        options: Option names to values; None and empty ones were not given.
    """
    given = {
        k: v for k, v in options.items() if not (v is None or (isinstance(v, tuple) and not v))
    }
    if isinstance(model, str | Path) and isinstance(data, str | Path | None):
        return _command(Path(model).name, None if data is None else Path(data).name, given)
    arguments = [
        "model",
        _python(data, "train"),
        *(f"{key}={_python(value, key)}" for key, value in given.items()),
    ]
    return f"golive.pack({', '.join(arguments)})"


def _command(model: str, data: str | None, given: dict[str, object]) -> str:
    words = ["golive", "pack", model, *(() if data is None else ("--data", data))]
    for key, value in given.items():
        flag = {
            "output": "-o",
            "classes": "--class",
            "images": "--image",
            "keep_all": "--keep-all",
            "compile": "--no-compile",
        }.get(key, f"--{key}")
        if key in ("keep_all", "compile"):
            words.append(flag)
            continue
        values = value if isinstance(value, list | tuple) else (value,)
        for each in values:
            words += [flag, Path(each).name if isinstance(each, Path) else str(each)]
    return shlex.join(words)


def _python(value: object, name: str) -> str:
    if isinstance(value, Path):
        return repr(value.name)
    if isinstance(value, str | int | float | bool | list | tuple):
        return repr(value)
    return {"eval": "held_out"}.get(name, name)
