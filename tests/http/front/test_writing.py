"""Responses as bytes."""

from golive.http.front.writing import Writer
from golive.service.exchange import Facts, Response, header_lines

FACTS = Facts(request_id="", route="")
NOW = 1_767_323_045.9


def response(status=200, body=b"{}", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, lines=header_lines(named), body=body, facts=FACTS)


def test_a_response_is_written_with_date_and_length():
    assert Writer(NOW).write(response(x_a="b"), "", has_body=True) == (
        b"HTTP/1.1 200 OK\r\ndate: Fri, 02 Jan 2026 03:04:05 GMT\r\nx-a: b\r\n"
        b"content-length: 2\r\n\r\n{}"
    )


def test_the_line_about_the_connection_is_last():
    written = Writer(NOW).write(
        response(content_length="2"), "connection: close\r\n", has_body=True
    )

    assert written.endswith(b"\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")


def test_an_answer_to_head_has_no_body():
    written = Writer(NOW).write(response(content_length="2"), "", has_body=False)

    assert written.endswith(b"content-length: 2\r\n\r\n")


def test_no_content_has_neither_length_nor_body():
    written = Writer(NOW).write(response(204, b"x"), "", has_body=True)

    assert written == (b"HTTP/1.1 204 No Content\r\ndate: Fri, 02 Jan 2026 03:04:05 GMT\r\n\r\n")


def test_the_date_goes_on():
    writer = Writer(NOW)
    writer.write(response(), "", has_body=True)
    writer.tell_time(NOW + 1)

    assert b"date: Fri, 02 Jan 2026 03:04:06 GMT" in writer.write(response(), "", has_body=True)


def test_phrases_that_are_no_standard_are_written():
    writer = Writer(NOW)

    assert writer.write(response(499), "", has_body=True).startswith(
        b"HTTP/1.1 499 Client Closed Request\r\n"
    )
    assert writer.write(response(599), "", has_body=True).startswith(b"HTTP/1.1 599 \r\n")


def test_a_line_break_cannot_make_a_header(caplog):
    written = Writer(NOW).write(response(x_a="b\r\nset-cookie: c"), "", has_body=True)

    assert b"\r\nx-a: b set-cookie: c\r\n" in written
    assert caplog.messages == ["line breaks were left out of the headers of a response"]


def test_what_is_not_latin_1_is_replaced():
    assert b"\r\nx-a: \xe9?\r\n" in Writer(NOW).write(response(x_a="é€"), "", has_body=True)
