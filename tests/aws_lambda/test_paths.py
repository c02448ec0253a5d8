"""Paths of the service, however a front writes them."""

import pytest

from golive.aws_lambda.paths import service_path

API, OWN = "abc.execute-api.us-east-1.amazonaws.com", "api.example.com"
PROXY = "/{proxy+}"


@pytest.mark.parametrize(
    ("path", "about", "expected"),
    [
        ("/predict", {}, "/predict"),
        ("predict", {}, "/predict"),
        ("", {}, "/"),
        ("//predict", {}, "/predict"),
        ("/models/my%20model", {}, "/models/my model"),
        ("/prod/predict", {"stage": "prod", "domain": API}, "/predict"),
        ("/prod", {"stage": "prod", "domain": API}, "/"),
        ("/production/predict", {"stage": "prod", "domain": API}, "/production/predict"),
        ("/prod/predict", {"stage": "prod", "domain": f"{API}.cn"}, "/predict"),
        ("/prod/predict", {"stage": "prod"}, "/predict"),
        ("/prod/predict", {"stage": "prod", "domain": OWN}, "/prod/predict"),
        ("/predict", {"stage": "$default", "domain": API}, "/predict"),
        ("/v1/v1/models/m:predict", {"stage": "v1", "domain": API}, "/v1/models/m:predict"),
        ("/v1/models/m:predict", {"stage": "v1", "domain": OWN}, "/v1/models/m:predict"),
        ("/predict", {"route": PROXY, "parameters": {"proxy": "predict"}, "stage": "predict"},
         "/predict"),
        ("/games/predict", {"route": PROXY, "parameters": {"proxy": "predict"}, "domain": OWN},
         "/predict"),
        ("/games/models/m%3A1", {"route": PROXY, "parameters": {"proxy": "models/m%3A1"}},
         "/models/m:1"),
        ("/path/to", {"route": PROXY, "parameters": {"proxy": "/path/to"}}, "/path/to"),
        ("/models/m/predict", {"route": "/models/{name}/predict", "parameters": {"name": "m"}},
         "/models/m/predict"),
        ("/predict", {"route": "/predict", "parameters": None}, "/predict"),
        ("/predict", {"route": PROXY, "parameters": {}}, "/predict"),
        ("/predict", {"route": "/", "parameters": {}}, "/predict"),
        ("/predict", {"route": PROXY, "parameters": {"proxy": "elsewhere"}}, "/predict"),
        ("/games/predict", {"base_path": "/games"}, "/predict"),
        ("/games/predict", {"base_path": "games/"}, "/predict"),
        ("/gamesome/predict", {"base_path": "/games"}, "/gamesome/predict"),
        ("/team/predict", {"route": "/team/{proxy+}", "parameters": {"proxy": "predict"},
         "base_path": "/team"}, "/predict"),
    ],
)  # fmt: skip
def test_it_is_the_path_without_what_the_front_adds(path, about, expected):
    assert service_path(path, **about) == expected
