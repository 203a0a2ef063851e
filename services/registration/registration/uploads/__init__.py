"""Uploads: a file as it comes, kept piece by piece until it is whole and accepted."""
