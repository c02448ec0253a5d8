"""The peers: what each needs, how it is started and how it is asked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import Case
from benchmarks.digests import digest_of
from benchmarks.environments import ROOT, Environment
from benchmarks.exchanges import BENTOML, GOLIVE, MLFLOW, OPEN_INFERENCE, WEB, Exchange
from benchmarks.servers import Command, ServerFailedError, free_port

__all__ = ["CORE", "PEERS", "Launch", "Peer"]

#: The versions that were tried. All peers compute with the same libraries.
_LIBRARIES = ("scikit-learn==1.9.1", "numpy==2.4.6", "pandas==3.1.1", "scipy==1.17.1")
_LIBRARY_NAMES = ("scikit-learn", "numpy", "pandas")
_PATIENCE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What a server is started for.

    Attributes:
        python: The interpreter of the peer's environment.
        case: The model.
        folder: For what the peer makes of the model.
        workers: Processes that answer.
        port: To listen on.
    """

    python: Path
    case: Case
    folder: Path
    workers: int
    port: int = 0

    @property
    def variables(self) -> dict[str, str]:
        """What the programs in `peer_apps` read."""
        return {"BENCH_CASE": str(self.case.folder), "BENCH_WORKERS": str(self.workers)}

    def program(self, name: str) -> str:
        """A program of the environment."""
        return str(self.python.with_name(name))

    def command(self, arguments: list[str], shown: str) -> Command:
        """A command with what the programs read."""
        return Command(arguments=tuple(arguments), shown=shown, variables=self.variables)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A way to serve a model.

    Attributes:
        name: To choose it by.
        title: What a reader is shown.
        packages: Whose versions are reported.
        requirements: Of its environment; none if it is served from this one.
        exchange: How it is asked.
        command: What starts it.
        prepare: Makes what it serves of the model, once.
        no_op: A path that answers without a model, for the limit of the server.
        note: Says of a prepared model what a reader has to know.
    """

    name: str
    title: str
    packages: tuple[str, ...]
    requirements: tuple[str, ...]
    exchange: Exchange
    command: Callable[[Launch], Command]
    prepare: Callable[[Launch], None] = lambda _: None
    no_op: str | None = None
    note: Callable[[Launch], str] = lambda _: ""

    def python(self) -> Path:
        """The interpreter of its environment, which is made if need be.

        Raises:
            InstallFailedError: It cannot be installed here.
        """
        if not self.requirements:
            return Path(sys.executable)
        return Environment(self.name, (*self.requirements, *_LIBRARIES)).ensure()

    @property
    def reported(self) -> tuple[str, ...]:
        """The packages whose versions are reported."""
        return (*self.packages, *_LIBRARY_NAMES)


def _bundle(launch: Launch) -> Path:
    """Where the bundle lies that several ways to serve share."""
    return launch.folder.parent.parent / "bundles" / f"{launch.case.name}.bundle"


def _golive_pack(launch: Launch) -> None:
    output = _bundle(launch)
    digest = digest_of(ROOT / "src", launch.case.sample, launch.case.folder / "case.json")
    done = output.with_suffix(".digest")
    if output.exists() and done.exists() and done.read_text("ascii") == digest:
        return
    shutil.rmtree(output, ignore_errors=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    data = ["--data", str(launch.case.sample), "--target", "target"]
    names = ["--name", launch.case.name, "--output", str(output)]
    _run([str(launch.python), "-m", "golive", "pack", str(launch.case.model), *data, *names])
    done.write_text(digest, "ascii")


def _golive_note(launch: Launch) -> str:
    """Whether the compiled program answers, and why."""
    proof = _bundle(launch) / "proof.json"
    if not proof.exists():
        return "the original answers: it was not compiled"
    found = json.loads(proof.read_text("utf-8"))
    way = "the compiled program" if found["is_chosen"] else "the original"
    return f"{way} answers: {found['reason']}"


def _golive_serve(*more: str) -> Callable[[Launch], Command]:
    def command(launch: Launch) -> Command:
        options = ["--workers", str(launch.workers), *more]
        serve = [str(launch.python), "-m", "golive", "serve", str(_bundle(launch))]
        shown = f"golive serve model.bundle {' '.join(options)}"
        return launch.command([*serve, "--port", str(launch.port), *options], shown)

    return command


def _golive_asgi(launch: Launch) -> Command:
    options = ["--port", str(launch.port), "--workers", str(launch.workers), "--no-access-log"]
    app = "benchmarks.peer_apps.golive_asgi:app"
    arguments = [str(launch.python), "-m", "uvicorn", app, *options]
    command = launch.command(arguments, f"uvicorn golive_asgi:app --workers {launch.workers}")
    command.variables["BENCH_BUNDLE"] = str(_bundle(launch))
    return command


def _fastapi(launch: Launch) -> Command:
    options = ["--port", str(launch.port), "--workers", str(launch.workers)]
    app = "benchmarks.peer_apps.fastapi_app:app"
    shown = f"uvicorn fastapi_app:app --workers {launch.workers}"
    return launch.command([launch.program("uvicorn"), app, *options], shown)


def _flask(launch: Launch) -> Command:
    workers = ["--workers", str(launch.workers), "--threads", "4"]
    options = ["--bind", f"127.0.0.1:{launch.port}", *workers]
    app = "benchmarks.peer_apps.flask_app:app"
    shown = f"gunicorn flask_app:app {' '.join(workers)}"
    return launch.command([launch.program("gunicorn"), app, *options], shown)


def _mlflow_save(launch: Launch) -> None:
    program = ["-m", "benchmarks.peer_apps.mlflow_model", str(launch.folder / "model")]
    _run([str(launch.python), *program], launch.variables)


def _mlflow(launch: Launch) -> Command:
    options = ["--env-manager", "local", "--workers", str(launch.workers)]
    model = str(launch.folder / "model")
    serve = [launch.program("mlflow"), "models", "serve", "-m", model]
    shown = f"mlflow models serve -m model {' '.join(options)}"
    return launch.command([*serve, "--port", str(launch.port), *options], shown)


def _bentoml(launch: Launch) -> Command:
    service = f"benchmarks.peer_apps.bento_{launch.case.kind}:Model"
    options = ["--host", "127.0.0.1", "--port", str(launch.port)]
    shown = f"bentoml serve bento_{launch.case.kind}:Model (workers={launch.workers})"
    return launch.command([launch.program("bentoml"), "serve", service, *options], shown)


def _litserve(launch: Launch) -> Command:
    program = [str(launch.python), "-m", "benchmarks.peer_apps.litserve_app", str(launch.port)]
    return launch.command(program, f"python litserve_app.py (workers_per_device={launch.workers})")


def _ray(launch: Launch) -> Command:
    program = [str(launch.python), "-m", "benchmarks.peer_apps.ray_app", str(launch.port)]
    command = launch.command(program, f"python ray_app.py (num_replicas={launch.workers})")
    command.variables["RAY_USAGE_STATS_ENABLED"] = "0"
    return command


def _mlserver_settings(launch: Launch) -> None:
    model = {
        "name": launch.case.name,
        "implementation": "mlserver_sklearn.SKLearnModel",
        "parameters": {"uri": str(launch.case.model)},
        "max_batch_size": 64,
        "max_batch_time": 0.001,
    }
    launch.folder.mkdir(parents=True, exist_ok=True)
    (launch.folder / "model-settings.json").write_text(json.dumps(model), "utf-8")


def _mlserver(launch: Launch) -> Command:
    settings = {
        "host": "127.0.0.1",
        "http_port": launch.port,
        "grpc_port": free_port(),
        "metrics_port": free_port(),
        "parallel_workers": launch.workers,
    }
    (launch.folder / "settings.json").write_text(json.dumps(settings), "utf-8")
    shown = f"mlserver start . (parallel_workers={launch.workers}, max_batch_size=64)"
    return launch.command([launch.program("mlserver"), "start", str(launch.folder)], shown)


def _run(command: list[str], variables: dict[str, str] | None = None) -> None:
    """Run a step that comes before serving.

    Raises:
        ServerFailedError: It failed.
    """
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    done = subprocess.run(
        command,
        env={**environment, **(variables or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
    if done.returncode != 0:
        raise ServerFailedError(f"it could not be prepared: {done.stderr.strip()[-300:]}")


_GOLIVE = ("golive", "uvicorn", "uvloop", "httptools", "msgspec")

PEERS: dict[str, Peer] = {
    peer.name: peer
    for peer in (
        Peer(
            name="golive",
            title="golive serve",
            packages=_GOLIVE,
            requirements=(),
            exchange=GOLIVE,
            prepare=_golive_pack,
            command=_golive_serve(),
            note=_golive_note,
            no_op="/healthz",
        ),
        Peer(
            name="golive-asgi",
            title="golive under uvicorn",
            packages=_GOLIVE,
            requirements=(),
            exchange=GOLIVE,
            prepare=_golive_pack,
            command=_golive_asgi,
            note=_golive_note,
            no_op="/healthz",
        ),
        Peer(
            name="golive-unmodified",
            title="golive serve, unmodified estimator",
            packages=_GOLIVE,
            requirements=(),
            exchange=GOLIVE,
            prepare=_golive_pack,
            command=_golive_serve("--original"),
        ),
        Peer(
            name="fastapi",
            title="FastAPI + uvicorn",
            packages=("fastapi", "uvicorn", "pydantic", "uvloop", "httptools"),
            requirements=("fastapi==0.165.0", "uvicorn[standard]==0.54.0"),
            exchange=WEB,
            command=_fastapi,
        ),
        Peer(
            name="flask",
            title="Flask + gunicorn",
            packages=("flask", "gunicorn"),
            requirements=("flask==3.1.3", "gunicorn==27.0.1"),
            exchange=WEB,
            command=_flask,
        ),
        Peer(
            name="mlflow",
            title="mlflow models serve",
            packages=("mlflow", "fastapi", "uvicorn"),
            requirements=("mlflow==3.17.2",),
            exchange=MLFLOW,
            prepare=_mlflow_save,
            command=_mlflow,
        ),
        Peer(
            name="bentoml",
            title="BentoML, batching",
            packages=("bentoml", "starlette", "uvicorn"),
            requirements=("bentoml==1.4.40",),
            exchange=BENTOML,
            command=_bentoml,
        ),
        Peer(
            name="litserve",
            title="LitServe, batching",
            packages=("litserve", "fastapi", "uvicorn"),
            requirements=("litserve==0.2.19",),
            exchange=WEB,
            command=_litserve,
        ),
        Peer(
            name="mlserver",
            title="MLServer, batching",
            packages=("mlserver", "mlserver-sklearn", "fastapi", "uvloop"),
            # Its workers ask newer uvloops for an event loop that they no longer make.
            requirements=("mlserver==1.7.1", "mlserver-sklearn==1.7.1", "uvloop==0.21.0"),
            exchange=OPEN_INFERENCE,
            prepare=_mlserver_settings,
            command=_mlserver,
        ),
        Peer(
            name="ray",
            title="Ray Serve, batching",
            packages=("ray", "fastapi", "uvicorn"),
            requirements=("ray[serve]==2.60.0",),
            exchange=WEB,
            command=_ray,
        ),
    )
}

CORE = ("fastapi", "mlflow", "bentoml", "golive", "golive-asgi", "golive-unmodified")
