"""Who sees which metrics, and what becomes of connections that nobody was told of."""

from golive.http.comparison import Comparison
from golive.http.metrics import Metrics
from golive.service.exchange import Facts, Response
from golive.testing.services import fake_model


def count_everything_of(metrics, model):
    """Count something in every family that has a label `model`."""
    metrics.follow([model])
    metrics.count_look(model, "taken")
    metrics.count_split(model, "1", "answered", 0.01)
    metrics.count_step_back(model, "1", "errors", True)
    metrics.count_shadow(
        model, "1", "compared", Comparison(agreed=1, differed=1, failed=0, differences=[0.1])
    )
    metrics.backend_teller(model, lambda: True)("crashed")
    facts = Facts(
        request_id="",
        route="/predict",
        model=model,
        records=3,
        failed=1,
        extra_columns=1,
        out_of_range=1,
        defaulted=(("timeout", 1),),
    )
    response = Response(status=200, lines="", body=b"", facts=facts)
    metrics.count(metrics.series("/predict", "POST"), response, 0.002)


def lines_of(metrics, allows=None):
    text = metrics.expose(allows)[1].decode()
    return [line for line in text.splitlines() if not line.startswith("#")]


def of_a_model(line):
    return 'model="' in line


def test_the_series_of_a_model_are_told_to_who_may_ask_it_and_those_of_none_to_everybody():
    metrics = Metrics()
    metrics.describe([fake_model("sum"), fake_model("other")])
    for model in ("sum", "other"):
        count_everything_of(metrics, model)
    metrics.count_unanswered("write_time_limit")

    whole, told = lines_of(metrics), lines_of(metrics, lambda model: model == "sum")
    nothing = lines_of(metrics, lambda model: False)

    assert told == [line for line in whole if 'model="other"' not in line]
    assert nothing == [line for line in whole if not of_a_model(line)]
    assert {line.partition("{")[0] for line in told} == {line.partition("{")[0] for line in whole}


def test_everything_that_is_counted_by_model_says_so_in_the_label_model():
    metrics = Metrics()
    count_everything_of(metrics, "secret-name")

    told = "\n".join(lines_of(metrics, lambda model: False))

    assert "secret-name" not in told
    assert "secret-name" in "\n".join(lines_of(metrics))


def test_workers_together_tell_no_more(tmp_path):
    metrics = Metrics(tmp_path)
    for model in ("sum", "other"):
        count_everything_of(metrics, model)

    told = lines_of(metrics, lambda model: model == "sum")

    assert any('model="sum"' in line for line in told)
    assert not any('model="other"' in line for line in told)


def test_what_ends_without_an_answer_is_an_error_or_a_limit_of_connections():
    metrics = Metrics()
    for why in ("too_many_connections", "idle", "idle", "lingering"):
        metrics.count_unanswered(why)

    assert 'golive_errors_total{code="too_many_connections"} 1.0' in lines_of(metrics)
    assert 'golive_connections_ended_total{limit="idle"} 2.0' in lines_of(metrics)
    assert 'golive_connections_ended_total{limit="lingering"} 1.0' in lines_of(metrics)
    assert not any('code="idle"' in line for line in lines_of(metrics))
