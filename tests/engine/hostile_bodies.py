"""Hostile bodies: what a request may hold at its worst, and the verdict on it everywhere.

Each is (name, body, expected): the code of the whole request, or one code (None: answered) for
each record. They are meant for SIGNATURE.
"""

from golive.signature.model import Column, Output, Signature

SIGNATURE = Signature(
    form="frame",
    columns=(
        Column(name="age", type="integer", dtype="int64", minimum=0, maximum=99, example=42),
        Column(name="fare", type="number", dtype="float64", on_null="pass"),
        Column(
            name="sex", type="category", dtype="object", categories=("m", "f"), on_unseen="error"
        ),
    ),
    output=Output(kind="binary", classes=(0, 1), positive=1),
)
GOOD = b'{"age": 30, "fare": 7.25, "sex": "f"}'


def _with(
    age: bytes = b"30", fare: bytes = b"7.25", sex: bytes = b'"f"', more: bytes = b""
) -> bytes:
    return b'{"age": %s, "fare": %s, "sex": %s%s}' % (age, fare, sex, more)


def _list(*records: bytes) -> bytes:
    return b"[" + b", ".join(records) + b"]"


def _nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def _deep(levels: int) -> bytes:
    return _with(more=b', "x": ' + _nested(levels))


HOSTILE_BODIES = [
    ("empty", b"", "malformed_json"),
    ("only spaces", b" \n ", "malformed_json"),
    ("truncated", GOOD[:-3], "malformed_json"),
    ("trailing text", GOOD + b"x", "malformed_json"),
    ("two values", GOOD + GOOD, "malformed_json"),
    ("trailing comma", b"[" + GOOD + b",]", "malformed_json"),
    ("single quotes", b"{'age': 1}", "malformed_json"),
    ("comment", b"/* a */" + GOOD, "malformed_json"),
    ("byte order mark", b"\xef\xbb\xbf" + GOOD, "malformed_json"),
    ("utf-16", GOOD.decode().encode("utf-16"), "malformed_json"),
    ("invalid utf-8 in a value", _with(sex=b'"\xff"'), "malformed_json"),
    ("invalid utf-8 in an extra value", _with(more=b', "x": "\xff"'), "malformed_json"),
    ("invalid utf-8 in a key", b'{"\xff": 1}', "malformed_json"),
    ("overlong utf-8", _with(sex=b'"\xc0\xaf"'), "malformed_json"),
    ("utf-8 surrogate", _with(sex=b'"\xed\xa0\x80"'), "malformed_json"),
    ("lone high surrogate", _with(sex=b'"\\ud800"'), "malformed_json"),
    ("lone low surrogate", _with(sex=b'"\\udc00"'), "malformed_json"),
    ("lone surrogate in an extra value", _with(more=b', "x": "\\ud800"'), "malformed_json"),
    ("surrogates in wrong order", _with(sex=b'"\\udc00\\ud800"'), "malformed_json"),
    ("lone surrogate beside 1e400", _list(_with(fare=b"1e400"), b'"\\ud800"'), "malformed_json"),
    ("NUL in a text", _with(sex=b'"\x00"'), "malformed_json"),
    ("NUL as the body", b"\x00", "malformed_json"),
    ("newline in a text", _with(sex=b'"a\nb"'), "malformed_json"),
    ("bad escape", _with(sex=b'"\\x41"'), "malformed_json"),
    ("NaN", _with(fare=b"NaN"), "malformed_json"),
    ("Infinity", _with(fare=b"Infinity"), "malformed_json"),
    ("-Infinity", _with(fare=b"-Infinity"), "malformed_json"),
    ("NaN beside 1e400", _list(_with(fare=b"1e400"), b"NaN"), "malformed_json"),
    ("broken after 1e400", b'[{"fare": 1e400}, tru]', "malformed_json"),
    ("leading zero", _with(age=b"030"), "malformed_json"),
    ("plus sign", _with(age=b"+30"), "malformed_json"),
    ("hexadecimal", _with(age=b"0x1e"), "malformed_json"),
    ("bare point", _with(fare=b".5"), "malformed_json"),
    ("deep lists", b"[" * 100_000 + b"]" * 100_000, "too_deep"),
    ("deep objects", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "too_deep"),
    ("101 levels", _deep(101), ["too_deep"]),
    ("101 levels beside a good record", _list(GOOD, _deep(101)), [None, "too_deep"]),
    ("300 levels of a threshold", b'{"records": [], "threshold": %s}' % _nested(300), "bad_option"),
    ("50 levels in an extra column", _deep(50), [None]),
    ("a number", b"1", "bad_request_shape"),
    ("1e400", b"1e400", "bad_request_shape"),
    ("a text", b'"x"', "bad_request_shape"),
    ("null", b"null", "bad_request_shape"),
    ("true", b"true", "bad_request_shape"),
    ("records is an object", b'{"records": {}}', "bad_request_shape"),
    ("records is null", b'{"records": null}', "bad_request_shape"),
    ("threshold is a text", b'{"records": [], "threshold": "0.5"}', "bad_option"),
    ("threshold is true", b'{"records": [], "threshold": true}', "bad_option"),
    ("threshold nests", b'{"records": [], "threshold": %s}' % _nested(101), "bad_option"),
    ("ids nest", b'{"records": [], "ids": [%s]}' % _nested(101), "bad_option"),
    ("top nests", b'{"records": [], "top": %s}' % _nested(101), "bad_option"),
    ("threshold is 1e400", b'{"records": [], "threshold": 1e400}', "bad_option"),
    ("threshold above 1", b'{"records": [], "threshold": 1.01}', "bad_option"),
    ("top of a binary model", b'{"records": [], "top": 3}', "bad_option"),
    ("ids too few", b'{"records": [%s], "ids": []}' % GOOD, "bad_option"),
    ("ids too many", b'{"records": [], "ids": [1]}', "bad_option"),
    ("ids is a text", b'{"records": [], "ids": "ab"}', "bad_option"),
    ("id is true", b'{"records": [%s], "ids": [true]}' % GOOD, "bad_option"),
    ("id is 1.0", b'{"records": [%s], "ids": [1.0]}' % GOOD, [None]),
    ("id is 1.5", b'{"records": [%s], "ids": [1.5]}' % GOOD, "bad_option"),
    ("id is 1e400", b'{"records": [%s], "ids": [1e400]}' % GOOD, "bad_option"),
    ("id is null", b'{"records": [%s], "ids": [null]}' % GOOD, "bad_option"),
    ("id beyond 64 bits", b'{"records": [%s], "ids": [1%s]}' % (GOOD, b"0" * 40), "bad_option"),
    ("escaped envelope key", b'{"r\\u0065cords": [%s]}' % GOOD, [None]),
    ("envelope with a foreign key", b'{"records": [%s], "x": 1}' % GOOD, ["missing_column"]),
    ("empty list", b"[]", []),
    ("empty envelope", b'{"records": []}', []),
    ("empty record", b"{}", ["missing_column"]),
    ("records of wrong types", b'[1, null, "x", [], true, 1e400]', ["not_an_object"] * 6),
    ("list in a list", b"[[%s]]" % GOOD, ["not_an_object"]),
    ("duplicate keys, last right", _with(more=b', "age": 31'), [None]),
    ("duplicate keys, last wrong", _with(more=b', "age": "x"'), ["wrong_type"]),
    ("duplicate keys, first 1e400", _with(fare=b"1e400", more=b', "fare": 1'), [None]),
    ("1e400 in one record", _list(GOOD, _with(fare=b"1e400"), GOOD), [None, "non_finite", None]),
    ("-1e400", _with(fare=b"-1e400"), ["non_finite"]),
    ("1e400 for an integer", _with(age=b"1e400"), ["non_finite"]),
    ("1e400 for a category", _with(sex=b"1e400"), ["non_finite"]),
    ("1e400 in an extra column", _with(more=b', "x": [1e400]'), [None]),
    ("400 digits", _with(fare=b"9" * 400), ["non_finite"]),
    ("400 digits for an integer", _with(age=b"9" * 400), ["wrong_type"]),
    ("5000 digits", _list(_with(fare=b"-" + b"9" * 5000), GOOD), ["non_finite", None]),
    ("a text of 5000 digits", _with(fare=b'"' + b"9" * 5000 + b'"'), ["non_finite"]),
    ("2^63", _with(age=b"9223372036854775808"), ["wrong_type"]),
    ("2^64", _with(age=b"18446744073709551616"), ["wrong_type"]),
    ("2^63-1", _with(age=b"9223372036854775807"), [None]),
    ("-0", _with(age=b"-0", fare=b"-0"), [None]),
    ("1e-400", _with(fare=b"1e-400"), [None]),
    ("1.0 for an integer", _with(age=b"30.0"), [None]),
    ("3e1 for an integer", _with(age=b"3e1"), [None]),
    ("1.5 for an integer", _with(age=b"30.5"), ["wrong_type"]),
    ("text for an integer", _with(age=b'"30"'), [None]),
    ("other digits", _with(age='"３０"'.encode()), ["wrong_type"]),
    ("underscores", _with(age=b'"3_0"', fare=b'"1_0"'), ["wrong_type"]),
    ("spaces around a number", _with(age=b'" 30 "'), ["wrong_type"]),
    ("nan as text", _with(fare=b'"nan"'), ["non_finite"]),
    ("infinity as text", _with(fare=b'"-Infinity"'), ["non_finite"]),
    ("empty text for a number", _with(fare=b'""'), ["wrong_type"]),
    ("null where allowed", _with(fare=b"null"), [None]),
    ("null where not allowed", _with(age=b"null"), ["null_not_allowed"]),
    ("object for a number", _with(fare=b"{}"), ["wrong_type"]),
    ("list for a category", _with(sex=b'["m"]'), ["wrong_type"]),
    ("true for a category", _with(sex=b"true"), ["unseen_category"]),
    ("category in other case", _with(sex=b'"M"'), ["unseen_category"]),
    ("NUL escape in a category", _with(sex=b'"m\\u0000"'), ["unseen_category"]),
    ("key with an escape", b'{"\\u0061ge": 30, "fare": 1, "sex": "m"}', [None]),
    ("key in other case", b'{"Age": 30, "fare": 1, "sex": "m"}', ["missing_column"]),
    ("a thousand extra keys", _with(more=b"".join(b', "x%d": 1' % n for n in range(1000))), [None]),
    ("prototype pollution", _with(more=b', "__proto__": {}, "__class__": 1'), [None]),
    ("spaces everywhere", b" \t\r\n" + GOOD + b"\n ", [None]),
]
