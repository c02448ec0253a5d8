"""Fuzzing: whatever strangers send is read as promised, tried for a bounded time: `make fuzz`."""
