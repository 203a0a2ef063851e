"""How programs do what these pages do: a token, and requests to copy."""
