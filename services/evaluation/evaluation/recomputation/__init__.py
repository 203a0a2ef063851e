"""Recomputation: the same figures from the topics alone, compared with the database to the last digit."""
