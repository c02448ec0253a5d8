"""Settings: the only place that reads the environment.

A setting comes from the first of these that names it: the flag (an argument of `load`), the
environment variable `GOLIVE_<NAME>`, the default. `SETTINGS` holds name, type, default and
sentence of each; documentation and `--help` are made from it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from golive.errors import UsageError
from golive.serve_settings import SERVE_SETTINGS
from golive.setting import SecretUrl, Setting, SettingValue

__all__ = [
    "SERVE_SETTINGS",
    "SETTINGS",
    "ServeSettings",
    "Settings",
    "admin_key",
    "cache_dir",
    "child_environment",
    "environment",
    "keep_keras_on_cpu",
    "limit_numeric_threads",
    "load_settings",
    "refresh_secret",
    "registry_location",
    "wished_keras_backend",
]

SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="cache_dir",
        type="path",
        default=None,
        sentence="Directory for what can be made again, such as the stamps of verified bundles; "
        "unset: the user's own cache directory.",
    ),
    Setting(
        name="registry",
        type="text",
        default=None,
        sentence="Where versions of bundles are: a folder, s3://BUCKET/PREFIX or "
        "gs://BUCKET/PREFIX; unset: a folder among the user's own data.",
    ),
    Setting(
        name="refresh_secret",
        type="text",
        default=None,
        sentence="What POST /admin/refresh is signed with, at least 16 characters; unset: only a "
        "key of administration opens it.",
    ),
    Setting(
        name="admin_key",
        type="text",
        default=None,
        sentence="Key of administration that `golive refresh --url` sends; unset: the request is "
        "signed with the secret.",
    ),
)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What every command shares; see `SETTINGS` for what each is."""

    cache_dir: Path
    registry: str
    refresh_secret: str | None
    admin_key: str | None

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **flags: Any) -> Settings:
        """The settings of the flags, the environment and the defaults, in this order.

        Args:
            environ: The environment; the process's own if None.
            **flags: Settings by name; None stands for one that was not given.

        Raises:
            UsageError: A value is not of the setting's type, or there is no such setting.
        """
        values = load_settings(SETTINGS, environ, flags)
        directory = values["cache_dir"] or _user_cache()
        return cls(
            cache_dir=Path(directory).expanduser().absolute(),
            registry=values["registry"] or str(_user_data() / "registry"),
            refresh_secret=values["refresh_secret"],
            admin_key=values["admin_key"],
        )


class ServeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a model is served; see `SERVE_SETTINGS` for what each is."""

    host: str
    port: int
    workers: int | Literal["auto"]
    body_limit: int
    time_limit: float
    max_records: int
    max_answer: int | None
    max_text: int
    max_decompression: float
    allowed_hosts: tuple[str, ...]
    cors_origins: tuple[str, ...]
    allow_ips: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    threads: int
    queue: int
    read_limit: float
    header_limit: float
    idle_limit: float
    write_limit: float
    connections: int
    worker_memory: int | None
    tls_certificate: Path | None
    tls_key: Path | None
    drain: float
    grace: int
    numeric_threads: int
    keys: Path | None
    oidc_issuer: str | None
    oidc_audience: str | None
    oidc_jwks: str | None
    oidc_claim: str | None
    metrics_open: bool
    limits_in: SecretUrl | None
    limits_fail: Literal["open", "closed"]
    no_pickle: bool
    lookup: tuple[str, ...]
    lookup_timeout: float
    log_inputs: bool
    refresh: float | None
    canary: str | None
    shadow: str | None
    sticky_header: str | None
    load_limit: float
    canary_errors: str | None
    canary_latency: str | None
    canary_disagreement: str | None
    canary_requests: int
    keep_previous: float
    isolate: str | None
    pythons: tuple[str, ...]

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **flags: Any) -> ServeSettings:
        """The settings of the flags, the environment and the defaults, in this order.

        Args:
            environ: The environment; the process's own if None.
            **flags: Settings by name; None stands for one that was not given.

        Raises:
            UsageError: A value is not of the setting's type, or there is no such setting.
        """
        return cls(**load_settings(SERVE_SETTINGS, environ, flags))


def _user_cache() -> Path:
    if os.environ.get("AWS_LAMBDA_FUNCTION_NAME"):
        return Path("/tmp/golive")  # noqa: S108 - the one place that a function may write to
    if sys.platform == "linux" and not os.environ.get("XDG_CACHE_HOME"):
        return Path("~/.cache/golive")  # without the import, for which every start would wait
    import platformdirs

    return platformdirs.user_cache_path("golive")


def _user_data() -> Path:
    if sys.platform == "linux" and not os.environ.get("XDG_DATA_HOME"):
        return Path("~/.local/share/golive")  # without the import, as above
    import platformdirs

    return platformdirs.user_data_path("golive")


def registry_location(environ: Mapping[str, str] | None = None) -> str:
    """Where the registry is: GOLIVE_REGISTRY, or a folder among the user's own data."""
    return Settings.load(environ).registry


def cache_dir(environ: Mapping[str, str] | None = None) -> Path:
    """The directory for what can be made again: GOLIVE_CACHE_DIR, or the user's cache directory."""
    return Settings.load(environ).cache_dir


def refresh_secret(environ: Mapping[str, str] | None = None) -> str | None:
    """What requests to look for other versions are signed with: GOLIVE_REFRESH_SECRET, or None.

    Raises:
        UsageError: It is too short to be one.
    """
    secret = Settings.load(environ).refresh_secret
    if secret is not None and len(secret) < _SHORTEST_SECRET:
        raise UsageError(
            f"GOLIVE_REFRESH_SECRET has {len(secret)} characters; it needs {_SHORTEST_SECRET}.",
            hint="python -c 'import secrets; print(secrets.token_urlsafe(32))'",
        )
    return secret


def admin_key(environ: Mapping[str, str] | None = None) -> str | None:
    """What requests to the routes of administration are sent with: GOLIVE_ADMIN_KEY, or None."""
    return Settings.load(environ).admin_key


def environment() -> dict[str, str]:
    """The environment of this process."""
    return dict(os.environ)


def child_environment(**changes: str) -> dict[str, str]:
    """The environment of a process that golive starts: its own, with changes."""
    return {**os.environ, **changes}


def limit_numeric_threads(count: int) -> None:
    """Let BLAS and OpenMP start `count` threads; for libraries that are not loaded yet.

    Threads of several workers that fight for the same cores make every request slower. What
    the environment already says is kept. Child processes inherit it.
    """
    for name in _THREAD_VARIABLES:
        os.environ.setdefault(name, str(count))


def wished_keras_backend(environ: Mapping[str, str] | None = None) -> str | None:
    """The backend that the user chose for Keras: KERAS_BACKEND, or Keras's own file, or None."""
    given = os.environ if environ is None else environ
    if named := given.get("KERAS_BACKEND"):
        return named
    home = Path(given.get("KERAS_HOME") or "~/.keras").expanduser()
    try:
        found = json.loads((home / "keras.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    backend = found.get("backend") if isinstance(found, dict) else None
    return backend if isinstance(backend, str) else None


def keep_keras_on_cpu(backend: str) -> None:
    """Let Keras compute with `backend` and on the CPU; before Keras is imported.

    TensorFlow's lines about the processor are left out; its warnings and errors are not.
    """
    os.environ["KERAS_BACKEND"] = backend
    for name, value in _KERAS_ON_CPU.items():
        os.environ.setdefault(name, value)


def load_settings(
    settings: tuple[Setting, ...], environ: Mapping[str, str] | None, flags: Mapping[str, Any]
) -> dict[str, Any]:
    """The values of settings by name: of the flags, the environment or the defaults.

    Args:
        settings: The settings.
        environ: The environment; the process's own if None.
        flags: By name; None stands for one that was not given.

    Raises:
        UsageError: A value is not of the setting's type, or there is no such setting.
    """
    if unknown := sorted(flags.keys() - {setting.name for setting in settings}):
        raise UsageError(f"There is no setting {unknown[0]!r}.")
    given = os.environ if environ is None else environ
    return {s.name: _settle(s, given, flags.get(s.name)) for s in settings}


def _settle(setting: Setting, environ: Mapping[str, str], flag: Any) -> SettingValue:
    if flag is not None:
        convert = _OF_FLAGS.get(setting.type)
        value: SettingValue = flag if convert is None else convert(flag)
        return setting.check(value, f"--{setting.name.replace('_', '-')}")
    if text := environ.get(setting.variable, "").strip():
        return setting.parse(text)
    return setting.default


_SHORTEST_SECRET = 16


def _texts_of(flag: str | Iterable[str]) -> tuple[str, ...]:
    texts = (flag,) if isinstance(flag, str) else flag
    return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())


_OF_FLAGS: dict[str, Callable[[Any], SettingValue]] = {
    "list": _texts_of,
    "path": Path,
    "url": lambda flag: flag if isinstance(flag, SecretUrl) else SecretUrl(flag),
}

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)

_KERAS_ON_CPU = {
    "TF_CPP_MIN_LOG_LEVEL": "1",
    "KERAS_TORCH_DEVICE": "cpu",
    "JAX_PLATFORMS": "cpu",
}
