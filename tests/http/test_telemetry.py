"""Log lines and metrics."""

import asyncio
import json
import logging
import subprocess
import sys

from prometheus_client.parser import text_string_to_metric_families

from golive.http.log_lines import JsonLines
from golive.testing.services import strict_json

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
UNMATCHED = (
    "golive_requests_total",
    ("method", "other"),
    ("route", "unmatched"),
    ("status", "404"),
)


def run(site, *requests):
    async def main():
        async with site.client() as client:
            return [await client.request(*request[:2], **request[2]) for request in requests]

    return asyncio.run(main())


def samples(text):
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith(("_created", "_bucket", "_sum"))
    }


def test_a_request_is_one_whole_line(make_site):
    site = make_site()
    records = [{"x": 1}, {"x": 500, "y": 2}, {}]
    headers = {"x-request-id": "mine", "traceparent": TRACE}

    run(site, ("POST", "/predict", {"json": records, "headers": headers}))

    assert len(site.lines) == 1
    assert site.lines[0].endswith("}\n")
    line = strict_json(site.lines[0].encode())
    assert line.pop("milliseconds") >= 0
    assert line == {
        "time": "2026-01-02T03:04:05.678Z",
        "level": "info",
        "event": "request",
        "request_id": "00000000-0000-7000-8000-000000000001",
        "caller_request_id": "mine",
        "traceparent": TRACE,
        "method": "POST",
        "path": "/predict",
        "route": "/predict",
        "status": 200,
        "model": "sum",
        "version": "0123456789ab",
        "records": 3,
        "failed": 1,
        "codes": {"missing_column": 1},
        "extra_columns": 1,
        "out_of_range": 1,
        "bytes_in": 28,
        "bytes_out": 225,
    }


def test_inputs_are_logged_only_when_asked(make_site):
    quiet, loud = make_site(), make_site(log_inputs=True)

    for site in (quiet, loud):
        run(site, ("POST", "/predict?a=b", {"json": {"x": 4711}}))

    assert "4711" not in quiet.lines[0]
    assert loud.log()[0]["body"] == '{"x":4711}'
    assert loud.log()[0]["query"] == [["a", "b"]]


def test_a_failure_is_logged_as_an_error(make_site):
    site = make_site()

    run(site, ("POST", "/nowhere", {}), ("GET", "/readyz", {}))
    site.app.service.context.readiness.drain()
    run(site, ("GET", "/readyz", {}))

    assert [(line["status"], line["level"]) for line in site.log()] == [
        (404, "info"),
        (200, "info"),
        (503, "error"),
    ]


def test_metrics_count_requests_records_and_errors(make_site):
    *_, response = run(
        make_site(),
        ("POST", "/predict", {"json": [{"x": 1}, {"x": 500, "y": 2}, {}]}),
        ("POST", "/predict", {"json": [{}]}),
        ("BREW", "/coffee/4711", {}),
        ("GET", "/metrics", {"headers": {"accept": "text/plain"}}),
    )

    assert response.headers["content-type"].startswith("text/plain")
    assert samples(response.text) == {
        ("golive_requests_total", ("method", "POST"), ("route", "/predict"), ("status", "200")): 1,
        ("golive_requests_total", ("method", "POST"), ("route", "/predict"), ("status", "422")): 1,
        UNMATCHED: 1,
        ("golive_records_total", ("model", "sum"), ("outcome", "answered")): 2,
        ("golive_records_total", ("model", "sum"), ("outcome", "failed")): 2,
        ("golive_errors_total", ("code", "missing_column")): 2,
        ("golive_errors_total", ("code", "invalid_records")): 1,
        ("golive_errors_total", ("code", "not_found")): 1,
        ("golive_extra_columns_total", ("model", "sum")): 1,
        ("golive_out_of_range_total", ("model", "sum")): 1,
        ("golive_request_seconds_count", ("route", "/predict")): 2,
        ("golive_request_seconds_count", ("route", "unmatched")): 1,
        ("golive_requests_in_flight",): 1,
        ("golive_queue_saturation",): 0,
        (
            "golive_model_info",
            ("drifted", "false"),
            ("model", "sum"),
            ("version", "0123456789ab"),
        ): 1,
    }


def test_no_caller_makes_series_without_end(make_site):
    wild = [(f"M{n}", f"/p{n}", {"headers": {"x-request-id": str(n)}}) for n in range(50)]

    *_, response = run(make_site(), *wild, ("GET", "/metrics", {}))

    requests = [key for key in samples(response.text) if key[0] == "golive_requests_total"]
    assert requests == [UNMATCHED]


def test_what_libraries_log_is_a_json_line():
    try:
        raise ValueError("broken")
    except ValueError:
        record = logging.LogRecord("a.b", 40, "f.py", 1, "failed %s", ("x",), sys.exc_info())

    line = json.loads(JsonLines().format(record))

    assert {name: line[name] for name in ("level", "event", "logger", "message")} == {
        "level": "error",
        "event": "log",
        "logger": "a.b",
        "message": "failed x",
    }
    assert line["traceback"].endswith("ValueError: broken")


def test_a_server_logs_warnings_and_worse_to_stderr():
    code = (
        "import logging, warnings\n"
        "from golive.http.log_lines import log_as_json\n"
        "log_as_json()\n"
        "logging.getLogger('a.b').info('not told')\n"
        "logging.getLogger('a.b').warning('told')\n"
        "warnings.warn('of a library')\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.stdout == ""
    assert [(line["level"], line["logger"]) for line in lines] == [
        ("warning", "a.b"),
        ("warning", "py.warnings"),
    ]
    assert lines[0]["message"] == "told"
    assert "of a library" in lines[1]["message"]
