"""A small real service to measure the kit in: it hears items, keeps them, and tells of each one."""
