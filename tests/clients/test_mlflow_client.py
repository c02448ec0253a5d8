"""MLflow's own client against `/invocations`."""

import pytest
from tests.end_to_end.agreement import batches

scoring = pytest.importorskip("mlflow.pyfunc.scoring_server.client")
pytestmark = [
    pytest.mark.slow,
    # MLflow's own use of what it depends on.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]


@pytest.fixture
def client(site):
    return scoring.ScoringServerClient(site.host, site.port)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_data_frame_gets_the_models_own_labels(client, income, size):
    labels = []
    for rows in batches(range(len(income.frame)), size):
        response = client.invoke(income.frame.iloc[list(rows)])
        labels += response.get_predictions(predictions_format="ndarray").tolist()

    assert labels == income.labels


def test_a_null_in_a_frame_is_a_null(client, income):
    frame = income.frame.head(3).astype({"occupation": object})
    frame.loc[frame.index[1], "occupation"] = float("nan")
    record = {**income.records[1], "occupation": None}

    response = client.invoke(frame)

    assert response["predictions"][1] == client.invoke([record])["predictions"][0] is not None


def test_scores_are_the_models_own(client, income):
    response = client.invoke(income.frame, params={"output": "score"})

    assert response["predictions"] == pytest.approx(income.scores, rel=1e-12)


def test_probabilities_become_a_frame_with_a_column_a_class(client, income):
    response = client.invoke(income.frame, params={"output": "probabilities"})

    frame = response.get_predictions()
    assert list(frame.columns) == ["<=50K", ">50K"]
    assert frame[">50K"].tolist() == pytest.approx(income.scores, rel=1e-12)


def test_a_list_of_records_gets_the_models_own_labels(client, income):
    assert client.invoke(income.records)["predictions"] == income.labels


def test_a_threshold_is_heeded(client, income):
    response = client.invoke(income.frame, params={"threshold": 0.2})

    expected = [">50K" if score >= 0.2 else "<=50K" for score in income.scores]
    assert response["predictions"] == expected


def test_failed_records_are_null_and_named(client, income):
    records = [dict(record) for record in income.records]
    records[3]["age"] = "old"
    del records[200]["hours_per_week"]

    response = client.invoke(records)

    expected = [None if at in (3, 200) else label for at, label in enumerate(income.labels)]
    assert response["predictions"] == expected
    assert [(e["index"], e["code"], e["field"]) for e in response["errors"]] == [
        (3, "wrong_type", "age"),
        (200, "missing_column", "hours_per_week"),
    ]
    assert response.get_predictions().iloc[3].isna().all()


def test_a_refused_request_says_why(client):
    with pytest.raises(Exception, match=r'error code 422.*"error_code":"INVALID_PARAMETER_VALUE"'):
        client.invoke([{"age": 30}])


def test_the_server_is_ready_and_has_a_version(client):
    client.wait_server_ready(timeout=10)

    assert client.get_version().count(".") == 2


def test_with_several_models_each_has_a_path_of_its_own(crowd, income):
    client = scoring.ScoringServerClient(crowd.host, crowd.port)
    with pytest.raises(Exception, match=r"error code 404.*/models/other/invocations"):
        client.invoke(income.frame)

    client.url_prefix += "/models/other"
    assert client.invoke(income.frame)["predictions"] == income.labels
