"""The signature: what a model takes and gives. Pure values; no numpy, no pandas."""
