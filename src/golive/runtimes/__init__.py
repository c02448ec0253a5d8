"""Runtimes: each loads one kind of model file and answers batches, columns in, outputs out."""
