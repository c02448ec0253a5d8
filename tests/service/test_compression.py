"""Bodies in gzip and zstd, in both directions."""

import gzip
import random
import subprocess
import sys
import tracemalloc
import zlib

import msgspec
import pytest
import zstandard

from golive.service.compression import response_encoding
from golive.service.context import ServiceContext
from golive.service.served import Limits
from golive.testing.services import counted_ids, fake_service, get, post, strict_json

BODY = b'[{"x": 1}, {"x": 2}]'
GZIPPED = gzip.compress(BODY, mtime=0)  # the time would change the names of the tests
MANY = [{"x": 1}] * 100
LIMIT = 20_000


def small_service():
    limits = Limits(body_bytes=LIMIT)
    return fake_service(context=ServiceContext(new_id=counted_ids(), limits=limits))


def zstd(body):
    return zstandard.ZstdCompressor().compress(body)


def zstd_of_unknown_size(body):
    writer = zstandard.ZstdCompressor().compressobj()
    return writer.compress(body) + writer.flush()


def answered(body, encoding, **headers):
    return small_service().handle(post(body, content_encoding=encoding, **headers))


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", GZIPPED),
        ("x-gzip", GZIPPED),
        (" GZIP ", GZIPPED),
        ("zstd", zstd(BODY)),
        ("zstd", zstd_of_unknown_size(BODY)),
        ("gzip", gzip.compress(BODY[:7], mtime=0) + gzip.compress(BODY[7:], mtime=0)),
        ("zstd", zstd(BODY[:7]) + zstd_of_unknown_size(BODY[7:])),
        ("identity", BODY),
        ("", BODY),
    ],
)
def test_a_compressed_body_is_read(encoding, body):
    response = answered(body, encoding)

    assert response.status == 200
    assert [p["score"] for p in strict_json(response)["predictions"]] == [1, 2]


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, zstd", "identity, gzip", "gzip2"])
def test_an_unknown_or_a_second_coding_is_415_and_says_which_are_read(encoding):
    response = answered(GZIPPED, encoding)

    assert response.status == 415
    assert response.headers["accept-encoding"] == "zstd, gzip"
    assert strict_json(response)["code"] == "unsupported_media_type"


@pytest.mark.parametrize(
    ("encoding", "body", "reason"),
    [
        ("gzip", BODY, "incorrect header check"),
        ("gzip", GZIPPED[:-4], "it ends too early"),
        ("gzip", GZIPPED[:-8] + b"\0" * 8, "incorrect data check"),
        ("gzip", GZIPPED + b"more", "incorrect header check"),
        ("gzip", GZIPPED + GZIPPED[:-4], "it ends too early"),
        ("gzip", gzip.compress(b"", mtime=0) * 501, "it has more than 500 members"),
        ("gzip", zlib.compress(BODY), "incorrect header check"),
        ("gzip", b"", "it ends too early"),
        ("zstd", BODY, "unknown frame descriptor"),
        ("zstd", zstd(BODY)[:-3], "it ends too early"),
        ("zstd", zstd(BODY) + b"more", "unknown frame descriptor"),
        ("zstd", zstd(BODY) + zstd(BODY)[:-3], "it ends too early"),
        ("zstd", zstd(b"") * 501, "it has more than 500 members"),
        ("zstd", b"", "it ends too early"),
    ],
)
def test_a_broken_body_is_400_and_says_what_is_wrong(encoding, body, reason):
    response = answered(body, encoding)

    problem = strict_json(response)
    assert (response.status, problem["code"]) == (400, "malformed_encoding")
    assert reason in problem["detail"]


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("gzip", gzip.compress),
        ("zstd", zstd),
        ("zstd", zstd_of_unknown_size),
        ("gzip", lambda body: gzip.compress(body[:900_000]) + gzip.compress(body[900_000:])),
        ("zstd", lambda body: zstd(body[:900_000]) + zstd(body[900_000:])),
    ],
)
def test_a_body_that_grows_beyond_the_limit_is_413_and_never_kept(encoding, compress):
    bomb = compress(b"[" + b" " * 50_000_000 + b"]")
    service = fake_service(
        context=ServiceContext(new_id=counted_ids(), limits=Limits(body_bytes=1_000_000))
    )
    request = post(bomb, content_encoding=encoding)

    tracemalloc.start()
    response = service.handle(request)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (response.status, strict_json(response)["code"]) == (413, "body_too_large")
    assert peak < 10_000_000


@pytest.mark.parametrize(("encoding", "compress"), [("gzip", gzip.compress), ("zstd", zstd)])
def test_a_large_body_that_was_hardly_sent_is_413_by_its_ratio(encoding, compress):
    limits = Limits(body_bytes=10_000_000, decompression_times=100)
    service = fake_service(context=ServiceContext(new_id=counted_ids(), limits=limits))
    small, large = BODY + b" " * 1_000_000, BODY + b" " * 2_000_000

    def problem_of(body):
        return strict_json(service.handle(post(compress(body), content_encoding=encoding)))

    assert "predictions" in problem_of(small)
    assert problem_of(large)["code"] == "ratio_too_large"
    assert problem_of(large)["detail"] == (
        "The body is more than 100 times larger when decompressed than as it was sent; send it "
        "with less compression, or in several requests."
    )


def test_a_large_body_that_compresses_as_records_do_is_read():
    limits = Limits(body_bytes=10_000_000, decompression_times=100)
    service = fake_service(context=ServiceContext(new_id=counted_ids(), limits=limits))
    noise = random.Random(1)
    records = [{"x": at, "unknown": noise.randbytes(1000).hex()} for at in range(1000)]

    response = service.handle(post(zstd(msgspec.json.encode(records)), content_encoding="zstd"))

    assert len(strict_json(response)["predictions"]) == 1000


@pytest.mark.parametrize(("encoding", "compress"), [("gzip", gzip.compress), ("zstd", zstd)])
def test_a_body_of_exactly_the_limit_is_read_and_one_byte_more_is_not(encoding, compress):
    exact = BODY + b" " * (LIMIT - len(BODY))

    assert answered(compress(exact), encoding).status == 200
    assert answered(compress(exact + b" "), encoding).status == 413


def test_a_zstd_window_that_needs_too_much_memory_is_400():
    parameters = zstandard.ZstdCompressionParameters(window_log=27)
    writer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()

    response = answered(writer.compress(BODY) + writer.flush(), "zstd")

    assert (response.status, strict_json(response)["code"]) == (400, "malformed_encoding")


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("gzip, zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("x-gzip", "gzip"),
        ("*", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("gzip;q=0.2, *;q=0.1", "gzip"),
        ("zstd;q=0, *", "gzip"),
        ("identity;q=0.5, gzip", "gzip"),
        ("gzip;q=0", None),
        ("identity, gzip;q=0.5", None),
        ("br", None),
        ("", None),
        ("*;q=0", None),
        ("gzip;q=nonsense", None),
    ],
)
def test_the_coding_of_an_answer_is_the_callers_choice(accept, encoding):
    assert response_encoding(accept, 5000) == encoding


def test_a_small_answer_is_compressed_only_where_it_must_be():
    assert response_encoding("gzip, zstd", 1023) is None
    assert response_encoding("gzip, zstd", 1024) == "zstd"
    assert response_encoding("gzip, identity;q=0", 10) == "gzip"
    assert response_encoding("gzip, *;q=0", 10) == "gzip"


@pytest.mark.parametrize(
    ("encoding", "decompress"),
    [("gzip", gzip.decompress), ("zstd", zstandard.ZstdDecompressor().decompress)],
)
def test_a_large_answer_is_compressed_and_the_same(encoding, decompress):
    service = fake_service()
    plain = service.handle(post(MANY))

    response = service.handle(post(MANY, accept_encoding=encoding))

    assert response.headers["content-encoding"] == encoding
    assert response.headers["content-length"] == str(len(response.body))
    assert response.headers["vary"] == plain.headers["vary"] == "accept-encoding"
    assert len(response.body) < len(plain.body)
    assert strict_json(decompress(response.body))["predictions"] == [{"score": 1.0}] * 100


def test_a_small_answer_has_no_trace_of_compression():
    response = fake_service().handle(post({"x": 1}, accept_encoding="gzip, zstd"))

    assert response.headers.keys() & {"vary", "content-encoding"} == set()
    assert strict_json(response)["predictions"] == [{"score": 1.0}]


def test_head_has_the_headers_of_a_compressed_answer_and_no_body():
    service = fake_service()
    answer = service.handle(get("/openapi.json", accept_encoding="gzip"))
    head = get("/openapi.json", accept_encoding="gzip")

    response = service.handle(type(head)(method="HEAD", path=head.path, headers=head.headers))

    assert response.body == b""
    for name in ("content-length", "content-encoding", "vary"):
        assert response.headers[name] == answer.headers[name]
    assert answer.headers["content-encoding"] == "gzip"


def test_metrics_are_compressed_too():
    text = b"# HELP x\n" * 200
    context = ServiceContext(new_id=counted_ids(), exposition=lambda _: ("text/plain", text))

    response = fake_service(context=context).handle(get("/metrics", accept_encoding="gzip"))

    assert response.headers["content-encoding"] == "gzip"
    assert gzip.decompress(response.body) == text


def test_without_the_package_of_zstd_gzip_is_all_that_is_read_and_written():
    code = """
import sys
sys.modules["zstandard"] = None
from golive.service.compression import decompressed, response_encoding
print(response_encoding("gzip, br, zstd", 5000), response_encoding("zstd", 5000))
problem = decompressed(b"x", "zstd", limit=10, most_times=10)
print(problem.code, problem.headers)
print(problem.detail)
"""

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == [
        "gzip None",
        "unsupported_media_type {'accept-encoding': 'gzip'}",
        "The header Content-Encoding must be gzip or identity, and only one of them.",
    ]
