"""A centre's placements: record one, reverse one with a reason."""
