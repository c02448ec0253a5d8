"""Save a trained model as MLflow does, so that `mlflow models serve` takes it.

`pyfunc_predict_fn` makes it answer probabilities: https://mlflow.org/docs/latest/ml/traditional-ml/sklearn/.
"""

import shutil
import sys

import mlflow.sklearn

from benchmarks.peer_apps.loaded import load

__all__: list[str] = []

if __name__ == "__main__":
    target = sys.argv[1]
    shutil.rmtree(target, ignore_errors=True)
    mlflow.sklearn.save_model(
        load().model,
        target,
        pyfunc_predict_fn="predict_proba",
        serialization_format=mlflow.sklearn.SERIALIZATION_FORMAT_CLOUDPICKLE,
    )
