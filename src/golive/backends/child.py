"""The process of a backend: it loads models and answers what its server asks."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from socket import socket
from threading import Lock

import msgspec

from golive.backends.frames import read_frame, write_frame
from golive.backends.messages import (
    ModelStart,
    Order,
    Question,
    Started,
    decode_order,
    decode_question,
    encode_answers,
    encode_failure,
)
from golive.bundle.reading import open_bundle
from golive.engine.answers import Answer, Fault
from golive.engine.decoded import Decoded
from golive.engine.loading import LoadedBundle, load_bundle
from golive.engine.unread import read_unread
from golive.errors import GoliveError
from golive.http.log_lines import log_as_json
from golive.http.pool import ThreadPool
from golive.http.process_names import SHADOW_NAME
from golive.own_process import be_called, be_ended_first, end_with_parent

__all__ = ["Child", "load", "run"]

_LOWEST_PRIORITY = 19
_logger = logging.getLogger("golive.backends")


def run(descriptor: int) -> None:
    """Load what the other end of a socket asks for, answer it, and end when it does.

    Signals that are meant for the server are left to it: it still answers for a while.

    Args:
        descriptor: Of the socket.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    end_with_parent()  # that the socket ends is not seen while a model holds the interpreter
    log_as_json()
    with socket(fileno=descriptor) as link:
        message = read_frame(link)
        if message is not None:
            _serve(link, decode_order(message))
    sys.stdout.flush()
    os._exit(0)  # threads of a model that hangs would keep the process


def load(order: Order) -> dict[str, LoadedBundle]:
    """The models of an order, their golden records replayed.

    Raises:
        BundleError: A bundle is not what was packed.
        ModelLoadError: A model does not load here.
        EnvironmentDriftError: Golden records are answered differently and that is not allowed.
    """
    return {
        model.name: load_bundle(
            open_bundle(Path(model.bundle)),
            allow_drifted_environment=order.allow_drifted_environment,
            original=order.original,
            no_pickle=order.no_pickle,
            limits_images=True,
        )
        for model in order.models
    }


class Child:
    """Answers questions about models, each in threads of its own.

    Args:
        link: Where the questions come from.
        models: By name.
        threads: Questions that are answered at the same time, of each model.
    """

    def __init__(self, link: socket, models: Mapping[str, LoadedBundle], *, threads: int) -> None:
        self._link = link
        self._models = models
        self._pools = {name: ThreadPool(threads=threads, name=f"golive-{name}") for name in models}
        self._writing = Lock()

    def answer_all(self) -> None:
        """Answer what comes until nothing more can come."""
        while (message := read_frame(self._link)) is not None:
            question = decode_question(message)
            self._pools[question.model].run(partial(self._answer, question))

    def _answer(self, question: Question) -> None:
        try:
            entries = _entries(self._models[question.model], question.requests)
            message = encode_answers(question.number, entries)
        except BaseException as error:
            _logger.exception("A question about %s failed.", question.model)
            message = encode_failure(question.number, f"{type(error).__name__}: {error}")
        with self._writing:
            write_frame(self._link, message)


def _serve(link: socket, order: Order) -> None:
    if order.yields:
        os.nice(_LOWEST_PRIORITY)
        be_called(SHADOW_NAME)
        be_ended_first()
    try:
        models = load(order)
    except Exception as error:  # noqa: BLE001 - whatever it is, the server has to say so
        write_frame(link, msgspec.json.encode(_failure(error)))
        return
    starts = {name: _start_of(loaded) for name, loaded in models.items()}
    write_frame(link, msgspec.json.encode(Started(models=starts)))
    Child(link, models, threads=order.threads).answer_all()


def _entries(loaded: LoadedBundle, requests: Sequence[Decoded]) -> list[list[Answer | Fault]]:
    engine = loaded.engine
    if engine.signature.form == "object":
        requests = [read_unread(decoded, engine.decoder) for decoded in requests]
    return engine.answer_all(requests)


def _start_of(loaded: LoadedBundle) -> ModelStart:
    decoder = loaded.engine.decoder
    return ModelStart(
        pace=loaded.engine.pace,
        is_drifted=bool(loaded.differences),
        takes_list=decoder.takes_list,
        takes_text=decoder.takes_text,
    )


def _failure(error: Exception) -> Started:
    if isinstance(error, GoliveError):
        return Started(message=error.message, hint=error.hint, code=error.code)
    _logger.error("The models could not be loaded.", exc_info=error)
    return Started(
        message=f"The models could not be loaded: {type(error).__name__}: {error}",
        says_nothing=isinstance(error, OSError),
    )
