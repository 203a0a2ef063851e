"""Placements: who was hired where, through what, and what was taken back."""
