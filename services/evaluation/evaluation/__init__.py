"""Evaluation: measures what comes of it."""
