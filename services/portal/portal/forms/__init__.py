"""Forms that work without JavaScript: what was typed, what is wrong with it, and one effect for a double click."""
