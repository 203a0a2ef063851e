"""Placements: who was hired where, and through what."""
