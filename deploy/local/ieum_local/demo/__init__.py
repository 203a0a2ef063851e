"""The demo nation: fictitious people and firms, loaded and kept alive through the public HTTP interfaces only."""
