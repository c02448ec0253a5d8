from __future__ import annotations

import pytest

from golive.packing.definitions import definitions_of

SCRIPT = '''"""Train."""
import pandas as pd
from sklearn.base import BaseEstimator

COLUMNS = ["a", "b"]
FOLDER = pd.DataFrame()


@decorate
class Encoder(BaseEstimator):
    def fit(self): ...


def clean(x):
    return x


frame = pd.read_csv("train.csv")
model = Encoder().fit(frame)
print(model)
if __name__ == "__main__":
    main()
'''


def test_definitions_stay_and_the_work_of_the_script_goes():
    assert (
        definitions_of(SCRIPT)
        == '''"""Train."""
import pandas as pd
from sklearn.base import BaseEstimator
COLUMNS = ["a", "b"]
@decorate
class Encoder(BaseEstimator):
    def fit(self): ...
def clean(x):
    return x
'''
    )


def test_what_is_no_python_is_refused():
    with pytest.raises(SyntaxError):
        definitions_of("def (")
