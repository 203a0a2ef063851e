"""Live: tells open pages which scopes' figures changed, a moment after they did, in every replica."""
