"""TLS files, and what is wrong with them."""

import shutil
from pathlib import Path

import pytest

from golive.errors import UsageError
from golive.http.front.tls import tls_context

FILES = Path(__file__).parent.parent / "conformance" / "tls"
CERTIFICATE, KEY = FILES / "certificate.pem", FILES / "key.pem"


def message(certificate, key):
    with pytest.raises(UsageError) as caught:
        tls_context(certificate, key)
    assert caught.value.hint
    return caught.value.message


def test_there_is_no_tls_without_a_certificate():
    assert tls_context(None, None) is None


def test_the_key_may_be_in_the_file_of_the_certificate(tmp_path):
    both = tmp_path / "both.pem"
    both.write_text(CERTIFICATE.read_text() + KEY.read_text())

    assert tls_context(both, None) is not None


def test_a_key_needs_a_certificate():
    assert message(None, KEY) == "There is a TLS key and no certificate."


def test_a_file_that_is_not_there_is_named(tmp_path):
    absent = tmp_path / "absent.pem"

    assert message(absent, KEY) == f"{absent} cannot be read: No such file or directory."
    assert message(CERTIFICATE, absent) == f"{absent} cannot be read: No such file or directory."


def test_a_directory_is_no_file(tmp_path):
    assert message(tmp_path, KEY) == f"{tmp_path} cannot be read: Is a directory."


def test_another_key_is_refused():
    other = FILES / "other_key.pem"

    assert message(CERTIFICATE, other) == (
        f"{CERTIFICATE} and {other} are no certificate with its key: KEY_VALUES_MISMATCH."
    )


def test_an_encrypted_key_is_refused_and_not_asked_for_its_password():
    encrypted = FILES / "encrypted_key.pem"

    assert message(CERTIFICATE, encrypted) == (
        f"{CERTIFICATE} and {encrypted} are no certificate with its key: the key is encrypted."
    )


def test_what_is_no_certificate_is_refused(tmp_path):
    text = tmp_path / "text.pem"
    shutil.copy(__file__, text)

    assert "are no certificate with its key" in message(text, KEY)
