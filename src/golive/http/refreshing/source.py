"""The seam between a server that follows a reference and what the reference names."""

from __future__ import annotations

from typing import Protocol

from golive.errors import GoliveError
from golive.http.plan import Named
from golive.service.served import ServedModel

__all__ = ["ChainRefusedError", "ModelSource", "SourceUnavailableError"]


class SourceUnavailableError(GoliveError):
    """What a reference names cannot be told or had now; it says nothing of the version itself."""

    code = "source_unavailable"


class ChainRefusedError(GoliveError):
    """A version does not go with the models of its chain that serve; with others it may."""

    code = "chain_refused"


class ModelSource(Protocol):
    """The versions of one model. Called by one thread at a time."""

    def look(self) -> Named:
        """The version that the reference names now.

        Raises:
            SourceUnavailableError: It cannot be told.
        """
        ...

    def try_out(self, named: Named) -> None:
        """Find out whether a version can be loaded, where it can do no harm.

        Raises:
            SourceUnavailableError: That cannot be found out now.
            GoliveError: It cannot, or answers differently.
        """
        ...

    def load(self, named: Named) -> ServedModel:
        """A version, verified and loaded, its golden records replayed.

        Those that take its features are put together with it, and come along.

        Raises:
            SourceUnavailableError: It cannot be had now.
            GoliveError: It is not what was packed, does not load here, or answers differently.
        """
        ...
