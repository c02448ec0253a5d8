"""A regression that gives the wrong number of answers, or none, for some of its inputs."""

import numpy as np
from sklearn.linear_model import LinearRegression

RAISES, SHORTENS, HAS_NAN = -1.0, -2.0, -3.0


class Moody(LinearRegression):
    """Fails for the whole batch in which one of its bad inputs is."""

    def predict(self, X):  # noqa: N803 - scikit-learn's name
        """The regression's answers, unless one of the bad inputs is among them."""
        answers = super().predict(X)
        values = np.asarray(X)[:, 0]
        if (values == RAISES).any():
            raise ValueError("one of them is -1")
        if (values == SHORTENS).any():
            return answers[:-1]
        return np.where(values == HAS_NAN, np.nan, answers)
