"""What services derived is thrown away and made again from the topics while people go on working."""

import asyncio

import pytest

from ieum.testing import eventually

from ..running.system import System
from ..running.town import Employer, Town

REBUILT = {
    "evaluation": ("ledger", "daily_figure", "standing", "centre"),
    "matching": ("vacancy", "jobseeker", "wish"),
    "notifications": ("vacancy",),
}
FIRST, MEANWHILE = 4, 12


@pytest.fixture
async def employer(system: System, town: Town) -> Employer:
    """An employer whose vacancies two jobseekers were told of."""
    found = await town.employer()
    for _ in range(2):
        await town.jobseeker()
    for _ in range(FIRST):
        await town.open_vacancy(found)
    await _settled(system)
    return found


async def test_rebuilt_under_load_and_again_at_rest_everything_is_the_same_and_nothing_said_twice(
    system: System, town: Town, employer: Employer
) -> None:
    work = asyncio.create_task(_post(town, employer))
    under_load = await asyncio.gather(*(system.command(service, "rebuild", within=400) for service in REBUILT))
    await work
    await _settled(system)
    said = await _said(system)
    at_rest = [await system.command(service, "rebuild", within=400) for service in REBUILT]

    assert [code for code, _ in under_load] == [0, 0, 0], under_load
    for (service, tables), (code, printed) in zip(REBUILT.items(), at_rest, strict=True):
        assert code == 0, printed
        assert "the same state before and after" in printed, printed
        for table in tables:
            assert await system.sql(f"SELECT FROM {service}.{table} LIMIT 1"), f"{service}.{table}"
    assert await _said(system) == said
    await eventually("every service to be ready", system.ready)


async def _post(town: Town, employer: Employer) -> None:
    for _ in range(MEANWHILE):
        await town.open_vacancy(employer)


async def _settled(system: System) -> None:
    """Wait until everything said is heard, also what was said because of it."""

    async def all_is_heard() -> bool:
        return not await system.sql(
            """
            SELECT topic, aggregate_id FROM (
                SELECT 'matching.recommendations' AS consumer, topic, aggregate_id, version FROM registration.stream
                WHERE topic IN ('registration.vacancy.v1', 'registration.jobseeker.v1')
                UNION ALL
                SELECT 'evaluation.figures', topic, aggregate_id, version FROM registration.stream
                WHERE topic IN ('registration.vacancy.v1', 'registration.jobseeker.v1', 'registration.centre.v1')
                UNION ALL
                SELECT 'notifications.messages', topic, aggregate_id, version FROM matching.stream
            ) said LEFT JOIN (
                SELECT * FROM matching.mark UNION ALL SELECT * FROM evaluation.mark
                UNION ALL SELECT * FROM notifications.mark
            ) heard USING (consumer, topic, aggregate_id, version)
            WHERE heard.state IS NULL
            """
        )

    await eventually("everything said to be heard", all_is_heard, within=60)


async def _said(system: System) -> tuple[int, ...]:
    """Events said by matching, messages and letters of notifications."""
    (row,) = await system.sql(
        """
        SELECT (SELECT sum(version)::int FROM matching.stream), (SELECT count(*)::int FROM notifications.message),
            (SELECT count(*)::int FROM notifications.delivery)
        """
    )
    return tuple(row)
