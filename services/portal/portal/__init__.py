"""Portal: where people look."""
