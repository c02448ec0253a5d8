"""Which backend Keras computes with: it is chosen once in a process, when Keras is imported."""

from __future__ import annotations

import logging
import sys
from importlib.util import find_spec
from typing import Any

from golive.errors import MissingExtraError, ModelLoadError
from golive.optional import require
from golive.settings import keep_keras_on_cpu, wished_keras_backend

__all__ = ["import_keras"]

_PACKAGES = ("tensorflow", "torch", "jax")  # backends are named as the packages that they need
_BESIDE = {"torch": " torch", "jax": " jax"}  # the extra brings tensorflow alone
_log = logging.getLogger("golive.runtimes")


def import_keras(backend: str | None) -> Any:
    """Import Keras with a backend; where it is imported already, as it is.

    Args:
        backend: The one that the model was packed with. None: the one of KERAS_BACKEND or of
            Keras's own configuration file if it is installed, else the first that is.

    Raises:
        MissingExtraError: Keras, its recorded backend or every backend is missing.
        ModelLoadError: Keras is older than version 3.
    """
    if "keras" not in sys.modules:
        keep_keras_on_cpu(_installed(backend))
    keras = require("keras", extra="keras")
    if int(keras.__version__.partition(".")[0]) < 3:
        raise ModelLoadError(
            f"This is Keras {keras.__version__}, and golive loads models with Keras 3.",
            hint="pip install 'keras>=3'",
        )
    _tell_of_another(backend, keras.config.backend())
    return keras


def _installed(backend: str | None) -> str:
    if backend is not None:
        if find_spec(backend) is None:
            raise MissingExtraError(
                f"The model was packed with Keras's {backend} backend, and the package {backend}"
                " is not installed.",
                hint=f"pip install 'golive[keras]'{_BESIDE.get(backend, '')}",
            )
        return backend
    candidates = (wished_keras_backend(), *_PACKAGES)
    found = next((each for each in candidates if each and find_spec(each) is not None), None)
    if found is None:
        raise MissingExtraError(
            "Keras needs one of the packages tensorflow, torch and jax, and none is installed.",
            hint="pip install 'golive[keras]', which brings tensorflow",
        )
    return found


def _tell_of_another(recorded: str | None, used: str) -> None:
    """Most models answer alike with every backend; the golden records say whether this one does."""
    if recorded is not None and recorded != used:
        _log.warning(
            "This process uses Keras with the %s backend, and the model was packed with %s.",
            used,
            recorded,
        )
