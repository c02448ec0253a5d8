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


@pytest.mark.parametrize(
    "kept",
    [
        "import numpy as np\nSCALE = np.float64(2.0)\nTURN = 2 * np.pi\n",
        "import re\nWORD = re.compile('[a-z]+')\n",
        "from pathlib import Path\nHERE = Path('x').parent\n",
        "A = ['a']\nB = frozenset([*A, 'b'])\nC = [x for x in A]\n",
        "try:\n    import fast as f\nexcept ImportError:\n    f = None\nHAS = f is not None\n",
    ],
)
def test_constants_that_are_only_made_are_kept(kept):
    assert definitions_of(kept) == kept


@pytest.mark.parametrize(
    "dropped",
    [
        "columns = frame_columns + ['a']\n",
        "weights = model.coef_\n",
        "table = open('x').read()\n",
    ],
)
def test_what_is_made_of_names_that_were_dropped_is_dropped_too(dropped):
    assert definitions_of(dropped) == ""


def test_files_that_numpy_reads_are_no_constants():
    source = "import numpy as np\nTABLE = np.loadtxt('x')\n"

    assert definitions_of(source) == "import numpy as np\n"
