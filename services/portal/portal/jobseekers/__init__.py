"""A jobseeker registers, changes and stops a registration, and sees how things stand."""
