"""Who is looking: a demo person chosen from a list, kept in a signed cookie."""
