"""CSV bodies."""

import pytest

from golive.engine.csv_body import read_csv
from golive.errors import RequestError


def test_rows_are_texts_under_the_names_of_the_header():
    body = '\ufeffage,"a ""quoted"", name"\r\n1,"x\ny"\r\n\r\n,NA\n'.encode()

    assert read_csv(body, most=10) == [
        {"age": "1", 'a "quoted", name': "x\ny"},
        {"age": "", 'a "quoted", name': "NA"},
    ]


def test_a_header_alone_is_no_record():
    assert read_csv(b"a,b\n", most=10) == []


def test_reading_stops_one_row_after_the_most():
    assert len(read_csv(b"a\n" + b"1\n" * 1000, most=3)) == 4


def test_a_first_line_without_any_known_name_is_no_header():
    with pytest.raises(RequestError, match="its first line names no column of the model"):
        read_csv(b"1,2\n3,4\n", most=10, known={"a", "b"})

    assert read_csv(b"b,c\n3,4\n", most=10, known={"a", "b"}) == [{"b": "3", "c": "4"}]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "it is empty"),
        (b"\n\n", "it is empty"),
        (b"a,b\n1\n", "record 0 has 1 values for 2 columns"),
        (b"a,b\n1,2\n1,2,3\n", "record 1 has 3 values for 2 columns"),
        (b"a,b,a\n1,2,3\n", "its header names 'a' twice"),
        (b"a\n\xff\n", "it is not UTF-8 at byte 2"),
        (b'a\n"x', "unexpected end of data"),
        (b'a\n"x"y\n', "expected after"),
    ],
)
def test_what_is_no_table_is_malformed(body, reason):
    with pytest.raises(RequestError, match=reason) as caught:
        read_csv(body, most=10)

    assert caught.value.code == "malformed_csv"
