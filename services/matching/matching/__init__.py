"""Matching: decides who should meet whom."""
