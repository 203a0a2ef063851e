"""Fixtures of matching's tests."""

import pytest

from ieum.database import Database
from ieum.messaging import Topics, outbox


@pytest.fixture
def matching_database(database: Database, topics: Topics) -> Database:
    """A database of this test's own through which matching speaks."""
    outbox.configure(database, topics, "matching")
    return database
