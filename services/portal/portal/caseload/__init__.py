"""A centre's jobseekers as its staff see them, and who looked at whose record."""
