"""The engine: bytes to typed records, to batches, to one answer or fault a record."""
