"""What is wanted: a model, its package, the settings, and what is known of the account."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from golive.deploying.aws.function_resources import Version
from golive.deploying.aws.names import deployment_name
from golive.deploying.aws.settings import AwsSettings
from golive.errors import UsageError

__all__ = ["Account", "Order", "PackageFile", "package_file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What an account says of itself.

    Attributes:
        concurrency: How many functions it may run at a time in the region.
        reserved: How many of these other functions have reserved.
    """

    concurrency: int
    reserved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFile:
    """A package that was built.

    Attributes:
        sha256: Of the file, in hexadecimal.
        size: In bytes.
    """

    sha256: str
    size: int

    @property
    def sha256_base64(self) -> str:
        """As Lambda writes it."""
        return base64.b64encode(bytes.fromhex(self.sha256)).decode()


def package_file(path: Path) -> PackageFile:
    """What a file is.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return PackageFile(sha256=digest, size=path.stat().st_size)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is wanted.

    Attributes:
        model: The model's name.
        reference: What was asked for, such as `games@prod`.
        settings: How.
        package: None where none was built yet.
        account: None where nobody asked it.
        public: Whether somebody said that everybody may ask.
        earlier: Versions that are deployed and stay, the oldest first.
    """

    model: str
    reference: str
    settings: AwsSettings
    package: PackageFile | None = None
    account: Account | None = None
    public: bool = False
    earlier: tuple[Version, ...] = ()

    @property
    def name(self) -> str:
        """What the stack and the function are called."""
        return deployment_name(self.model, self.settings.stage)

    def check_public(self) -> None:
        """Refuse to let everybody ask unless somebody said so.

        Raises:
            UsageError: Nobody did.
        """
        if self.settings.auth == "none" and not self.public:
            raise UsageError(
                'auth of [aws] is "none": everybody on the internet could ask, at your cost.',
                hint='say that you want it with --public, or set auth = "key"',
            )
