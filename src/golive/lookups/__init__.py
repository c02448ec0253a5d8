"""Lookups: where the values of looked-up columns are kept, and how they are got."""
