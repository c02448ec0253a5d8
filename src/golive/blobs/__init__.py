"""Blobs: bytes under keys in a folder, an S3 or a GCS bucket; written once, never changed."""
