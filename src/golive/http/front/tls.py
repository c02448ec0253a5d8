"""TLS: from a certificate and its key."""

from __future__ import annotations

import ssl
from pathlib import Path

from golive.errors import UsageError

__all__ = ["tls_context"]


def tls_context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """What makes connections TLS (1.2 or newer); None without a certificate.

    Args:
        certificate: File of the certificate and its chain.
        key: File of its key; None if the key is in the certificate's file.

    Raises:
        UsageError: A file cannot be read, or the two do not belong together.
    """
    if certificate is None:
        if key is None:
            return None
        raise UsageError(
            "There is a TLS key and no certificate.", hint="Name it, too: --tls-certificate FILE"
        )
    for file in filter(None, (certificate, key)):
        _check_readable(file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key, password=_refuse_password)
    except (ssl.SSLError, ValueError) as error:
        raise UsageError(
            f"{certificate} and {key or 'the key in it'} are no certificate with its key: "
            f"{getattr(error, 'reason', None) or error}.",
            hint="Both are PEM files, the key is not encrypted: openssl x509 -noout -text -in "
            f"{certificate}",
        ) from error
    return context


def _check_readable(file: Path) -> None:
    try:
        with file.open("rb"):
            pass
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror}.",
            hint="--tls-certificate and --tls-key name PEM files that this user may read.",
        ) from error


def _refuse_password() -> str:
    raise ValueError("the key is encrypted")
