"""Employers: who hires, known by a verified business number."""
