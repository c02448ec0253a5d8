"""What a person adds to a package for AWS Lambda: the table `[lambda]` of golive.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from golive.errors import UsageError

__all__ = ["FILE", "ExtraData", "LambdaSettings", "read_lambda_settings"]

FILE = "golive.toml"


class ExtraData(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Files that a model reads from a folder, such as a corpus of NLTK.

    Attributes:
        source: The folder, `from` in the file.
        parts: Paths below it that are taken along, as they are: a folder, a file, or `PART.zip`.
        variable: The environment variable that has to name the folder, such as `NLTK_DATA`.
    """

    source: str = msgspec.field(name="from")
    parts: tuple[str, ...]
    variable: str | None = None


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table as it is written.

    Attributes:
        data: Folders of data.
        libraries: Shared libraries of the system; they are loaded, in this order, before anything.
        requirements: Exact packages beside those of the bundle.
        keep: Packages that stay although they are only used where they are installed.
        settings: Settings of the function by name, such as `max_records`.
    """

    data: tuple[ExtraData, ...] = ()
    libraries: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    settings: dict[str, Any] = {}


class LambdaSettings(_Table, frozen=True, kw_only=True):
    """What is added to a package: the table, and where it stands.

    Attributes:
        folder: Relative paths count from here.
    """

    folder: Path

    def path_of(self, text: str) -> Path:
        """A path that was written in the file."""
        return self.folder / Path(text).expanduser()


def read_lambda_settings(file: Path | None = None) -> LambdaSettings:
    """Read the table.

    Args:
        file: The file that was named; None: `golive.toml` here, if it is there.

    Raises:
        UsageError: It cannot be read, or an entry is not what it has to be.
    """
    path = Path(FILE) if file is None else file
    if file is None and not path.is_file():
        return LambdaSettings(folder=Path.cwd())
    try:
        table: Any = tomllib.loads(path.read_text("utf-8")).get("lambda", {})
        read = msgspec.convert(table, _Table)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no TOML: {error}.") from error
    except msgspec.ValidationError as error:
        raise UsageError(
            f"[lambda] in {path} is not as it has to be: {error}.",
            hint='[lambda] takes data = [{ from = "nltk_data", parts = ["corpora/stopwords"], '
            'variable = "NLTK_DATA" }], libraries, requirements, keep and settings.',
        ) from error
    return LambdaSettings(folder=path.absolute().parent, **msgspec.structs.asdict(read))
