"""Packing: a model and its data become a bundle."""
