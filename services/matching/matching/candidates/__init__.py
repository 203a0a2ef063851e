"""Candidates: whom a vacancy suits best, found when it is asked for."""
