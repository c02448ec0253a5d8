"""Bundles: immutable directories that hold a model and all that is known of it."""
