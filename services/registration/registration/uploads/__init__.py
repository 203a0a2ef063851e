"""Uploads: how a file comes, over HTTP or from a folder: kept piece by piece until it is whole and accepted."""
