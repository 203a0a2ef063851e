"""A jobseeker registers, changes and stops a registration."""
