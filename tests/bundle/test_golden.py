import pytest

from golive.bundle.golden import GoldenRecord, decode_golden, encode_golden
from golive.errors import BundleError


def test_golden_records_are_lines_in_the_order_they_were_given():
    golden = (
        GoldenRecord({"b": 1, "a": "größe\n"}, {"label": "x", "score": 0.1}),
        GoldenRecord("a text", {"score": -1.5}),
    )

    data = encode_golden(golden)

    assert data.decode() == (
        '{"record":{"b":1,"a":"größe\\n"},"output":{"label":"x","score":0.1}}\n'
        '{"record":"a text","output":{"score":-1.5}}\n'
    )
    assert decode_golden(data) == golden


def test_there_may_be_none():
    assert decode_golden(encode_golden(())) == ()


def test_every_digit_of_a_score_is_kept():
    golden = (GoldenRecord(None, {"score": 0.1 + 0.2}),)

    assert decode_golden(encode_golden(golden)) == golden


@pytest.mark.parametrize("data", [b"{", b'{"record": 1}\n', b"[]\n", b"\xff\n"])
def test_what_is_no_golden_record_is_refused(data):
    with pytest.raises(BundleError, match=r"golden\.jsonl"):
        decode_golden(data)


def test_lists_without_end_are_refused():
    with pytest.raises(BundleError, match=r"golden\.jsonl cannot be read"):
        decode_golden(b'{"output": 1, "record": ' + b"[" * 100_000 + b"\n")
