"""Measurements of the whole local system, each beside what the same machine can do at that moment."""
