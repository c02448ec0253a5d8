"""The registry of a function: what a reference names, within the time of an invocation."""

from __future__ import annotations

from golive.blobs.bounded import BoundedStore
from golive.blobs.opening import open_store
from golive.errors import UsageError
from golive.http.plan import Named, ServePlan
from golive.registry.reference import parse_reference
from golive.registry.registry import Registry
from golive.service.served import ServedModel
from golive.settings import ServeSettings, registry_location
from golive.wiring.models import load_model
from golive.wiring.registries import Located, locate, named_by, pull

__all__ = ["RegistryVersions"]


class RegistryVersions:
    """The versions that a reference names; a `VersionSource`.

    What comes is compared with the SHA-256 that the registry's history has of it; a reference by
    the bundle's id (`games@<64 digits>`) names the same bytes for ever.

    Args:
        text: The reference, such as `s3://BUCKET/PREFIX/games@prod`.
        settings: How models are served.
        seconds: How long to wait for a bucket at a time.

    Raises:
        UsageError: It is no reference.
        MissingExtraError: The package that speaks with the registry is not installed; Lambda's own
            runtime has boto3.
    """

    def __init__(self, text: str, settings: ServeSettings, *, seconds: float) -> None:
        self._reference = parse_reference(text)
        self._plan = ServePlan(bundles=(text,), settings=settings)
        place = self._reference.registry or registry_location()
        self._store = BoundedStore(open_store(place, seconds=seconds))
        self._registry = Registry(self._store, location=place, by="a function")
        self._text = text
        self._found: tuple[Located, Named] | None = None

    @property
    def is_fixed(self) -> bool:
        """Whether the reference can never name another version than the one looked at last."""
        return self._found is not None and self._found[1].is_fixed

    def look(self, seconds: float) -> str:
        """The SHA-256 of the version that the reference names now; see `VersionSource`."""
        with self._store.within(seconds):
            located = locate(self._reference, self._registry)
        named = named_by(self._text, self._reference, located)
        self._found = located, named
        return named.sha256

    def load(self, seconds: float) -> ServedModel:
        """What was looked at last, loaded; see `VersionSource`."""
        if self._found is None:
            raise LookupError("Nothing was looked at yet.")
        located, named = self._found
        with self._store.within(seconds):
            bundle = pull(located)
        if bundle.signature.features:
            raise UsageError(
                f"{named.label} takes features of other models, which a function cannot ask."
            )
        return load_model(self._plan, named.model, bundle, names=named.names)
