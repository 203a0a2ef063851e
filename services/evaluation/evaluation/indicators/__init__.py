"""Indicators: versioned definitions, and the arithmetic that turns measures into published values."""
