"""What wrk prints is read; what it is given is written as Lua."""

from pathlib import Path

from benchmarks.cases import Case
from benchmarks.exchanges import GOLIVE, MLFLOW
from benchmarks.load import Sent, parse, write_get, write_requests

OUTPUT = """\
Running 2s test @ http://127.0.0.1:8000
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   776.10us  791.47us   7.35ms   92.08%
    Req/Sec     1.22k   434.62     1.64k    90.00%
  1211 requests in 1.00s, 1.03MB read
Requests/sec:   1209.31
Transfer/sec:      1.03MB
RESULT requests=1211 microseconds=1001399 p50=558.0 p99=2310.5 longest=7350.0 status=3 connect=1 \
read=2 write=0 timeout=4 checked=1211 wrong=5
EXAMPLE 200 to record 7: {"predictions": []}
"""


def case() -> Case:
    return Case(
        name="small",
        title="A small one",
        kind="table",
        folder=Path("small"),
        columns=("age", "word"),
        classes=("<=50K", ">50K"),
        records=({"age": 1, "word": 'say "hé"'}, {"age": None, "word": "no"}),
        probabilities=((0.25, 0.75), (0.5, 0.5)),
        labels=(">50K", "<=50K"),
    )


def test_the_result_of_the_script_is_read_and_the_rest_is_not() -> None:
    assert parse(OUTPUT) == Sent(
        requests=1211,
        seconds=1.001399,
        p50=558.0,
        p99=2310.5,
        longest=7350.0,
        bad_status=3,
        lost=7,
        checked=1211,
        wrong=5,
        example='200 to record 7: {"predictions": []}',
    )


def test_requests_are_written_with_the_answers_that_are_expected(tmp_path: Path) -> None:
    write_requests(tmp_path / "requests.lua", case(), GOLIVE)

    assert (
        (tmp_path / "requests.lua").read_text()
        == r"""return {method="POST",
path="/predict",
headers={["content-type"]="application/json"},
pattern="\"probabilities\"%s*:%s*(%b{})",
shape="named",
positions={["<=50K"]=1,
[">50K"]=2},
expected={{0.25,
0.75},
{0.5,
0.5}},
bodies={"{\"age\": 1, \"word\": \"say \\\"hé\\\"\"}",
"{\"age\": null, \"word\": \"no\"}"}}
"""
    )


def test_a_request_without_a_body_is_written(tmp_path: Path) -> None:
    write_get(tmp_path / "get.lua", "/healthz")

    assert (tmp_path / "get.lua").read_text() == (
        'return {method="GET", path="/healthz", headers={}, bodies={""}}\n'
    )


def test_an_answer_is_right_with_the_label_and_each_probability() -> None:
    right = b'{"predictions": [{"label": ">50K", "probabilities": {"<=50K": 0.25, ">50K": 0.75}}]}'

    assert GOLIVE.is_right(case(), 0, right)
    assert GOLIVE.is_right(case(), 0, right.replace(b"0.75", b"0.7500000005"))
    assert not GOLIVE.is_right(case(), 0, right.replace(b"0.75", b"0.75000001"))
    assert not GOLIVE.is_right(case(), 0, right.replace(b'": ">50K"', b'": "<=50K"'))
    assert not GOLIVE.is_right(case(), 1, right)
    assert not GOLIVE.is_right(case(), 0, b'{"predictions": [null]}')
    assert not GOLIVE.is_right(case(), 0, b"no JSON")


def test_a_list_of_probabilities_is_right_in_the_order_of_the_classes() -> None:
    assert MLFLOW.is_right(case(), 0, b'{"predictions": [[0.25, 0.75]]}')
    assert not MLFLOW.is_right(case(), 0, b'{"predictions": [[0.75, 0.25]]}')
    assert not MLFLOW.is_right(case(), 0, b'{"predictions": [[0.25]]}')
