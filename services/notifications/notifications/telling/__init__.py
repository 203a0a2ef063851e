"""Telling: what is heard becomes messages and letters, as each recipient wishes."""
