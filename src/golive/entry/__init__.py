"""Entry points: what other programs start or mount."""
