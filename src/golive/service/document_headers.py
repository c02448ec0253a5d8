"""Headers of documents for browsers: scripts and styles come from this server alone."""

from __future__ import annotations

__all__ = ["document_headers"]


def document_headers(*, images: str) -> dict[str, str]:
    """The headers of a document that loads nothing from elsewhere.

    Args:
        images: Where images may come from, as sources of a content security policy.
    """
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        f"img-src {images}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "content-security-policy": "; ".join(policy),
        "cross-origin-opener-policy": "same-origin",
        "referrer-policy": "no-referrer",
    }
