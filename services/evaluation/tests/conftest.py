"""What the tests of this service share: the kit's inbox on their own database, fed by hand instead of by Kafka."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias

import pytest

from evaluation.figures.events import Countable
from evaluation.figures.handlers import reactions
from evaluation.scopes.events import CentreOpened
from ieum.database import Database
from ieum.messaging.inbox import Inbox

from .histories import NOON, record

Tell: TypeAlias = Callable[..., Awaitable[None]]


@pytest.fixture
def inbox(database: Database) -> Inbox:
    """The consumer group of the figures."""
    (reaction,) = reactions
    return Inbox(reaction, database)


@pytest.fixture
def tell(inbox: Inbox) -> Tell:
    """`await tell("v-1", VacancyOpened(…), VacancyChanged(…), at=…)`: the next events of one aggregate, as Kafka's."""
    versions: dict[str, int] = {}

    async def tell(aggregate_id: str, *events: Countable | CentreOpened, at: datetime = NOON) -> None:
        batch = []
        for event in events:
            versions[aggregate_id] = version = versions.get(aggregate_id, 0) + 1
            batch.append(record(event.received(aggregate_id, version, occurred_at=at)))
        await inbox.take(batch)

    return tell


@pytest.fixture
async def nation(tell: Tell) -> None:
    """Two offices and three centres."""
    seoul = {"regional_office_code": "12010", "regional_office_name": "서울지방고용노동청"}
    gyeonggi = {"regional_office_code": "15000", "regional_office_name": "중부지방고용노동청"}
    await tell("12012", CentreOpened(name="서울고용센터", **seoul))
    await tell("12003", CentreOpened(name="서울강남고용센터", **seoul, demonstration=True))
    await tell("15006", CentreOpened(name="의정부고용센터", **gyeonggi))
