"""Image files made for tests."""

from io import BytesIO

__all__ = ["png"]


def png(image, kind="PNG", **options):
    """The image as a file of the kind."""
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
