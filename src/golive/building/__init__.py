"""Building: what is deployed, and how it is tried before that."""
