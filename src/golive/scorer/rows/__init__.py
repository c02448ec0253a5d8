"""The interpreter of single records: closures made from steps, with the standard library only."""
