"""Routes, negotiation, health and the edge of the service."""

import logging

import pytest
from msgspec.structs import replace

from golive.engine.answers import Answer
from golive.errors import BackendError
from golive.service.context import ServiceContext
from golive.service.exchange import Request
from golive.service.problems import Problem
from golive.service.served import Limits, Readiness, ServedModel
from golive.service.service import Service
from golive.testing.backends import FakeBackend
from golive.testing.engines import FakeEngine
from golive.testing.services import counted_ids, fake_model, fake_service, get, post, strict_json

ID = "00000000-0000-7000-8000-000000000001"


def context(**members):
    return ServiceContext(new_id=counted_ids(), **members)


def exposition(allows=None):
    return "text/plain; version=1.0.0", b"# nothing\n"


def test_an_unknown_path_is_a_problem_that_lists_the_paths():
    response = fake_service().handle(get("/nowhere"))

    assert response.status == 404
    assert strict_json(response) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing at this path; `paths` lists what there is.",
        "code": "not_found",
        "request_id": ID,
        "paths": [
            "/",
            "/openapi.json",
            "/models",
            "/models/sum",
            "/models/sum/openapi.json",
            "/models/sum/schema.json",
            "/predict",
            "/models/sum/predict",
            "/invocations",
            "/models/sum/invocations",
            "/ping",
            "/version",
            "/v1/models",
            "/v1/models/sum",
            "/v1/models/sum:predict",
            "/v2",
            "/v2/models/sum",
            "/v2/models/sum/ready",
            "/v2/models/sum/infer",
            "/healthz",
            "/readyz",
            "/v2/health/live",
            "/v2/health/ready",
            "/docs",
        ],
    }
    assert response.facts.route == "unmatched"


def test_with_several_models_the_root_predicts_nothing():
    response = fake_service(fake_model("a"), fake_model("b")).handle(post({"x": 1}))

    assert response.status == 404
    assert strict_json(response)["detail"] == (
        "Several models are served here; each has a path of its own: "
        "/models/a/predict, /models/b/predict"
    )


def test_several_models_answer_each_under_its_name():
    response = fake_service(fake_model("a"), fake_model("b")).handle(
        post({"x": 1}, path="/models/b/predict")
    )

    assert strict_json(response)["model"] == "b"
    assert response.facts.route == "/models/{name}/predict"
    assert (response.facts.model, response.facts.version) == ("b", "0123456789ab")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/predict", "GET, HEAD, POST"),
        ("OPTIONS", "/models", "GET, HEAD"),
        ("POST", "/healthz", "GET, HEAD"),
        ("brew", "/", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_405_with_allow(method, path, allow):
    response = fake_service().handle(Request(method=method, path=path))

    assert response.status == 405
    assert response.headers["allow"] == allow
    assert strict_json(response)["code"] == "method_not_allowed"


def test_head_is_get_without_the_body():
    service = fake_service()

    response = service.handle(Request(method="HEAD", path="/predict", query=(("x", "2.5"),)))

    assert response.status == 200
    assert response.body == b""
    assert response.headers["content-length"] == "122"


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "text/json+xml", "application/json; charset=latin-1", "+json", "json"],
)
def test_a_body_that_is_not_declared_as_json_is_415(content_type):
    response = fake_service().handle(post({"x": 1}, content_type=content_type))

    assert response.status == 415
    assert strict_json(response)["code"] == "unsupported_media_type"


@pytest.mark.parametrize(
    "content_type",
    ["application/json", 'Application/JSON; charset="UTF-8"', "application/vnd.x+json"],
)
def test_a_body_that_is_declared_as_json_is_read(content_type):
    assert fake_service().handle(post({"x": 1}, content_type=content_type)).status == 200


@pytest.mark.parametrize(
    "accept",
    ["text/html", "application/json;q=0, */*", "*/*;q=0", "text/*;q=1", "application/json;q=x"],
)
def test_an_accept_that_excludes_json_is_406(accept):
    response = fake_service().handle(post({"x": 1}, accept=accept))

    assert response.status == 406
    assert response.headers["content-type"] == "application/problem+json"
    assert strict_json(response)["code"] == "not_acceptable"


@pytest.mark.parametrize(
    "accept",
    ["", "*/*", "application/*", "text/html, application/json;q=0.1", "text/html,*/*;q=.8"],
)
def test_an_accept_that_allows_json_gets_it(accept):
    assert fake_service().handle(post({"x": 1}, accept=accept)).status == 200


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "localhost.evil.example", "8.8.8.8", "127.0.0.1, localhost", "a b", "::1"],
)
def test_a_host_that_is_neither_loopback_nor_allowed_is_421(host):
    response = fake_service(context=context(allowed_hosts=("api.example",))).handle(
        get("/healthz", host=host)
    )

    assert response.status == 421
    assert strict_json(response)["code"] == "host_not_allowed"


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST.:80", "127.0.0.1:8000", "127.9.9.9", "[::1]:1", "x.localhost",
     "API.example:443", "a.b.inner.example"],
)  # fmt: skip
def test_a_host_that_is_loopback_or_allowed_is_answered(host):
    allowed = ("api.example", "*.inner.example")

    response = fake_service(context=context(allowed_hosts=allowed)).handle(
        get("/healthz", host=host)
    )

    assert response.status == 200


def test_every_host_is_allowed_by_a_star():
    service = fake_service(context=context(allowed_hosts=("*",)))

    assert service.handle(get("/healthz", host="evil.example")).status == 200


def test_a_body_over_the_limit_is_413():
    service = fake_service(context=context(limits=Limits(body_bytes=4)))

    response = service.handle(post({"x": 1}))

    assert response.status == 413
    assert strict_json(response)["code"] == "body_too_large"


def test_the_callers_ids_are_echoed():
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    response = fake_service().handle(get("/healthz", x_request_id="mine 7", traceparent=trace))

    assert response.headers["x-request-id"] == "mine 7"
    assert response.headers["traceparent"] == trace
    assert response.headers["golive-request-id"] == ID


@pytest.mark.parametrize(
    "value", ["a\r\nset-cookie: x", "a\nb", "\x00", "\x7f", "é", " ", "", "x" * 201, "a\n"]
)
def test_a_header_that_is_not_printable_is_not_echoed(value):
    response = fake_service().handle(get("/healthz", x_request_id=value, traceparent=value))

    assert "x-request-id" not in response.headers
    assert "traceparent" not in response.headers


def test_a_drifted_model_shows_on_every_response():
    service = fake_service(fake_model("a"), fake_model("b", drifted=True))

    responses = [service.handle(get(path)) for path in ("/healthz", "/nowhere", "/models/a")]

    assert [r.headers["golive-environment"] for r in responses] == ["drifted"] * 3


def test_what_should_not_happen_is_a_500_that_tells_nothing(caplog):
    def explode(record):
        raise ValueError("secret 4711")

    model = ServedModel(name="m", version="v", engine=FakeEngine(model=explode))

    with caplog.at_level(logging.ERROR):
        response = fake_service(model).handle(post({"x": 1}))

    assert response.status == 500
    assert strict_json(response)["code"] == "internal_error"
    assert b"4711" not in response.body
    assert b"Traceback" not in response.body
    assert "secret 4711" in caplog.text
    assert ID in caplog.text


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit])
def test_what_ends_a_process_is_a_500_of_one_request(raised):
    def explode(record):
        raise raised

    model = ServedModel(name="m", version="v", engine=FakeEngine(model=explode))

    response = fake_service(model).handle(post({"x": 1}))

    assert (response.status, strict_json(response)["code"]) == (500, "internal_error")


def test_an_engine_that_loses_a_record_is_an_internal_error(caplog):
    class Losing(FakeEngine):
        def answer(self, decoded):
            return [Answer(score=1.0)]

    model = ServedModel(name="m", version="v", engine=Losing())

    response = fake_service(model).handle(post([{"x": 1}, {"x": 2}]))

    assert strict_json(response)["code"] == "internal_error"
    assert "1 entries for 2 records" in caplog.text


def test_health_is_alive_whatever_the_stage():
    service = fake_service(context=context(readiness=Readiness("draining")))

    response = service.handle(get("/healthz"))

    assert (response.status, strict_json(response)) == (200, {"status": "alive"})


def test_readiness_names_models_and_versions():
    response = fake_service().handle(get("/readyz"))

    assert strict_json(response) == {
        "status": "ready",
        "models": [{"name": "sum", "version": "0123456789ab"}],
    }


def test_readiness_tells_how_it_stands_with_the_processes_of_models():
    apart = replace(fake_model("apart"), backend=FakeBackend(is_running=False))
    service = fake_service(fake_model("here"), apart)

    whole = service.handle(get("/readyz"))
    of_models = [
        service.handle(get(path))
        for path in ("/v2/models/here/ready", "/v2/models/apart/ready", "/v1/models/apart")
    ]

    assert (whole.status, strict_json(whole)["models"]) == (
        200,
        [
            {"name": "here", "version": "0123456789ab"},
            {"name": "apart", "version": "0123456789ab", "backend": {"state": "restarting"}},
        ],
    )
    assert [response.status for response in of_models] == [200, 503, 503]
    assert strict_json(of_models[1])["code"] == "backend_unavailable"
    assert of_models[1].headers["retry-after"] == "1"


def test_a_process_of_a_model_that_ends_is_503_and_says_when_to_come_again():
    def end(_):
        raise BackendError("It ended.", code="backend_crashed", hint="Others are answered.")

    model = replace(fake_model(), engine=FakeEngine(model=end))

    response = fake_service(model).handle(post({"x": 1}))

    assert (response.status, response.headers["retry-after"]) == (503, "1")
    assert strict_json(response) == {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "It ended.",
        "code": "backend_crashed",
        "request_id": ID,
        "hint": "Others are answered.",
    }


def test_draining_is_unready_but_answers():
    readiness = Readiness("ready")
    service = fake_service(context=context(readiness=readiness))

    readiness.drain()
    ready, answer = service.handle(get("/readyz")), service.handle(post({"x": 1}))

    assert (ready.status, ready.headers["retry-after"]) == (503, "1")
    assert strict_json(ready)["code"] == "draining"
    assert answer.status == 200


def test_while_starting_every_path_but_health_is_503():
    service = Service({}, context(readiness=Readiness("starting")))

    responses = [
        service.handle(get(path)) for path in ("/predict", "/models/a", "/readyz", "/healthz")
    ]

    assert [response.status for response in responses] == [503, 503, 503, 200]
    assert strict_json(responses[0])["code"] == "starting"
    assert responses[0].headers["retry-after"] == "1"


def test_draining_is_never_undone():
    readiness = Readiness("starting")

    readiness.drain()
    readiness.start_serving()

    assert readiness.stage == "draining"


def test_metrics_are_the_expositions_bytes():
    response = fake_service(context=context(exposition=exposition)).handle(
        get("/metrics", accept="text/plain")
    )

    assert response.headers["content-type"] == "text/plain; version=1.0.0"
    assert response.body == b"# nothing\n"


def test_without_an_exposition_there_are_no_metrics():
    assert fake_service().handle(get("/metrics")).status == 404


def test_a_transport_can_refuse_with_a_problem():
    problem = Problem(code="overloaded", detail="Busy.", headers={"retry-after": "3"})

    response = fake_service().refuse(post({"x": 1}, x_request_id="mine"), problem)

    assert response.status == 503
    assert response.headers["retry-after"] == "3"
    assert response.headers["x-request-id"] == "mine"
    assert strict_json(response)["code"] == "overloaded"
    assert (response.facts.route, response.facts.model) == ("/predict", "sum")
