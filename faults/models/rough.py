"""Regressions that end their process, or hold its interpreter, for some of their inputs."""

import ctypes

import numpy as np
from sklearn.linear_model import LinearRegression

ROUGH = 999  # of each thousand


def _is_rough(X):  # noqa: N803 - scikit-learn's name
    return bool((np.asarray(X)[:, 0] % 1000 == ROUGH).any())


class Crashing(LinearRegression):
    """Ends its process."""

    def predict(self, X):  # noqa: N803
        """The regression's answers, where there is still a process to give them."""
        if _is_rough(X):
            ctypes.string_at(0)
        return super().predict(X)


class Holding(LinearRegression):
    """Holds the interpreter for two seconds."""

    def predict(self, X):  # noqa: N803
        """The regression's answers, sooner or later."""
        if _is_rough(X):
            ctypes.PyDLL(None).sleep(2)
        return super().predict(X)
