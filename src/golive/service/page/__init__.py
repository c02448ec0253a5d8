"""The page on which a person tries the models."""
