"""Settings: the only place that reads the environment.

A setting comes from the first of these that names it: the flag (an argument of `load`), the
environment variable `GOLIVE_<NAME>`, the default. `SETTINGS` holds name, type, default and
sentence of each; documentation and `--help` are made from it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from golive.errors import UsageError
from golive.setting import Setting, SettingValue

__all__ = [
    "SERVE_SETTINGS",
    "SETTINGS",
    "ServeSettings",
    "Settings",
    "cache_dir",
    "child_environment",
    "keep_keras_on_cpu",
    "limit_numeric_threads",
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
)

SERVE_SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="host",
        type="text",
        default="127.0.0.1",
        sentence="Address to listen on; 0.0.0.0 is every address of the machine.",
    ),
    Setting(
        name="port",
        type="integer",
        default=8000,
        sentence="Port to listen on; 0 takes any free one.",
        minimum=0,
        maximum=65535,
    ),
    Setting(
        name="workers",
        type="count",
        default=1,
        sentence="Processes that answer, each with its own copy of the model; auto takes one for "
        "each processor that the cgroup and the affinity leave to golive.",
        minimum=1,
    ),
    Setting(
        name="body_limit",
        type="integer",
        default=10 * 1024 * 1024,
        sentence="Largest request body in bytes; a larger one is refused with 413.",
        minimum=1,
    ),
    Setting(
        name="time_limit",
        type="number",
        default=30.0,
        sentence="Seconds until a request that is not answered ends with 504.",
        minimum=0.001,
    ),
    Setting(
        name="max_records",
        type="integer",
        default=10_000,
        sentence="Most records that one request may hold.",
        minimum=1,
    ),
    Setting(
        name="allowed_hosts",
        type="list",
        default=(),
        sentence="Host names that requests may be addressed to beside loopback ones; "
        "* allows every name.",
    ),
    Setting(
        name="threads",
        type="integer",
        default=4,
        sentence="Requests that one worker answers at the same time; "
        "one of several models leaves a thread to the others.",
        minimum=1,
    ),
    Setting(
        name="queue",
        type="integer",
        default=256,
        sentence="Requests that wait in one worker for a thread; more are refused with 503.",
        minimum=0,
    ),
    Setting(
        name="read_limit",
        type="number",
        default=15.0,
        sentence="Seconds until a request whose body has not arrived ends with 408.",
        minimum=0.001,
    ),
    Setting(
        name="header_limit",
        type="number",
        default=10.0,
        sentence="Seconds until a request whose headers have not arrived ends with 408.",
        minimum=0.001,
    ),
    Setting(
        name="idle_limit",
        type="number",
        default=75.0,
        sentence="Seconds until a connection without a request is closed; longer than a load "
        "balancer in front keeps its own idle.",
        minimum=0.001,
    ),
    Setting(
        name="write_limit",
        type="number",
        default=30.0,
        sentence="Seconds in which a client reads nothing of its answer until it is given up.",
        minimum=0.001,
    ),
    Setting(
        name="connections",
        type="integer",
        default=4096,
        sentence="Connections that one worker keeps open; more are refused with 503.",
        minimum=1,
    ),
    Setting(
        name="tls_certificate",
        type="path",
        default=None,
        sentence="File of the certificate and its chain (PEM); with it, HTTPS is spoken.",
    ),
    Setting(
        name="tls_key",
        type="path",
        default=None,
        sentence="File of the certificate's key (PEM), if it is another one.",
    ),
    Setting(
        name="drain",
        type="number",
        default=0.0,
        sentence="Seconds from a SIGTERM in which requests are still answered while /readyz "
        "already fails, so that a load balancer can turn away.",
        minimum=0,
    ),
    Setting(
        name="grace",
        type="integer",
        default=10,
        sentence="Seconds after that in which open requests may end.",
        minimum=0,
    ),
    Setting(
        name="numeric_threads",
        type="integer",
        default=1,
        sentence="Threads that BLAS and OpenMP start in one worker; a variable such as "
        "OMP_NUM_THREADS that is set already stays as it is.",
        minimum=1,
    ),
    Setting(
        name="keys",
        type="path",
        default=None,
        sentence="File of API keys, which `golive keys` makes; with it, requests need a key.",
    ),
    Setting(
        name="metrics_open",
        type="boolean",
        default=False,
        sentence="Whether /metrics needs no key where other paths do.",
    ),
    Setting(
        name="no_pickle",
        type="boolean",
        default=False,
        sentence="Whether a model whose loading would run code out of a pickle is refused; "
        "compiled programs are none.",
    ),
    Setting(
        name="log_inputs",
        type="boolean",
        default=False,
        sentence="Whether log lines hold the records that were sent.",
    ),
)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What every command shares; see `SETTINGS` for what each is."""

    cache_dir: Path
    registry: str

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **flags: Any) -> Settings:
        """The settings of the flags, the environment and the defaults, in this order.

        Args:
            environ: The environment; the process's own if None.
            **flags: Settings by name; None stands for one that was not given.

        Raises:
            UsageError: A value is not of the setting's type, or there is no such setting.
        """
        values = _load(SETTINGS, environ, flags)
        directory = values["cache_dir"] or _user_cache()
        return cls(
            cache_dir=Path(directory).expanduser().absolute(),
            registry=values["registry"] or str(_user_data() / "registry"),
        )


class ServeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a model is served; see `SERVE_SETTINGS` for what each is."""

    host: str
    port: int
    workers: int | Literal["auto"]
    body_limit: int
    time_limit: float
    max_records: int
    allowed_hosts: tuple[str, ...]
    threads: int
    queue: int
    read_limit: float
    header_limit: float
    idle_limit: float
    write_limit: float
    connections: int
    tls_certificate: Path | None
    tls_key: Path | None
    drain: float
    grace: int
    numeric_threads: int
    keys: Path | None
    metrics_open: bool
    no_pickle: bool
    log_inputs: bool

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **flags: Any) -> ServeSettings:
        """The settings of the flags, the environment and the defaults, in this order.

        Args:
            environ: The environment; the process's own if None.
            **flags: Settings by name; None stands for one that was not given.

        Raises:
            UsageError: A value is not of the setting's type, or there is no such setting.
        """
        return cls(**_load(SERVE_SETTINGS, environ, flags))


def _user_cache() -> Path:
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
    environment = os.environ if environ is None else environ
    if named := environment.get("KERAS_BACKEND"):
        return named
    home = Path(environment.get("KERAS_HOME") or "~/.keras").expanduser()
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


def _load(
    settings: tuple[Setting, ...], environ: Mapping[str, str] | None, flags: Mapping[str, Any]
) -> dict[str, Any]:
    if unknown := sorted(flags.keys() - {setting.name for setting in settings}):
        raise UsageError(f"There is no setting {unknown[0]!r}.")
    environment = os.environ if environ is None else environ
    return {s.name: _settle(s, environment, flags.get(s.name)) for s in settings}


def _settle(setting: Setting, environ: Mapping[str, str], flag: Any) -> SettingValue:
    if flag is not None:
        convert = _OF_FLAGS.get(setting.type)
        value: SettingValue = flag if convert is None else convert(flag)
        return setting.check(value, f"--{setting.name.replace('_', '-')}")
    if text := environ.get(setting.variable, "").strip():
        return setting.parse(text)
    return setting.default


_OF_FLAGS: dict[str, Callable[[Any], SettingValue]] = {"list": tuple, "path": Path}

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
