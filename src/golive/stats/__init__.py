"""Statistics of models: pure functions, arrays in, values out."""
