"""Vacancy files: send one, watch it being read, see and download what was rejected."""
