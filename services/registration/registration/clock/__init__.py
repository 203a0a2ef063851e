"""The clock that all of registration goes by."""
