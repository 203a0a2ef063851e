"""Centres: the offices of the employment service, registered from the code lists and announced once."""
