"""The running system that journeys and the browser share, and a town of its own for every test."""

from collections.abc import AsyncIterator

import pytest

from .running.system import System
from .running.town import Town

# Letters that fold wait a moment for more, so that people get one and not ten. Tests wait a shorter one.
_SHORT_DIGESTS = {"DIGEST_QUIET": "0.5", "DIGEST_WINDOW": "2"}


@pytest.fixture(scope="session")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """Every process of `make run`, with PostgreSQL, Kafka and SMTP of its own, without the demo."""
    async with System(tmp_path_factory.mktemp("system"), _SHORT_DIGESTS) as running:
        yield running


@pytest.fixture(scope="session")
def taken_centres() -> set[str]:
    """Centres that a test works at already."""
    return set()


@pytest.fixture
async def town(system: System, taken_centres: set[str]) -> Town:
    """A centre that this test has for itself."""
    return await Town.founded(system, taken_centres)
