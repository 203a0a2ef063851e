"""What an operator runs beside the system: the comparison of versions, and parked aggregates in a terminal."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator

import pytest

from ieum.testing import eventually

from ..running.holes import CONSUMER, TOPIC, opened, paused_behind_a_hole
from ..running.system import System
from ..running.town import Town


async def ops(system: System, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run `python -m ieum.ops …` as `make ops` does; its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ieum.ops", *arguments),
        env={**os.environ, **system.wiring.operator_environment(), "COLUMNS": "200", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await asyncio.wait_for(process.communicate(), 90)
    return process.returncode or 0, printed.decode()


def _token(system: System, person_id: str) -> str:
    """What a person's own token is."""
    return system.headers("operator", person_id)["Authorization"].removeprefix("Bearer ")


@pytest.fixture
async def vacancy_id(system: System, town: Town) -> str:
    """A vacancy that matching has heard of."""
    return (await opened(system, town))[0]


@pytest.fixture
async def mark_moved(system: System, vacancy_id: str) -> AsyncIterator[dict[str, int]]:
    """Matching's mark of the vacancy, as the test sets it; put right afterwards."""
    (row,) = await system.sql("SELECT version FROM matching.mark WHERE aggregate_id = $1", vacancy_id)
    wanted: dict[str, int] = {}
    yield wanted
    await system.sql("UPDATE matching.mark SET version = $2 WHERE aggregate_id = $1", vacancy_id, row["version"])


async def test_in_health_consumers_know_what_was_said(system: System, vacancy_id: str) -> None:
    code, printed = await ops(system, "reconcile", "--grace", "5")

    assert (code, "consumers know what was said" in printed) == (0, True), printed
    for consumer in (CONSUMER, "evaluation.figures", "notifications.messages", "registration.placements"):
        assert consumer in printed


@pytest.mark.parametrize(("version", "kind"), [(0, "missing"), (9, "forgotten")])
async def test_a_consumer_that_knows_otherwise_is_found(
    system: System, vacancy_id: str, mark_moved: dict[str, int], version: int, kind: str
) -> None:
    await system.sql("UPDATE matching.mark SET version = $2 WHERE aggregate_id = $1", vacancy_id, version)

    code, printed = await ops(system, "reconcile", "--grace", "0.2")

    assert code == 1
    assert f"{kind} {CONSUMER} {TOPIC} {vacancy_id}" in printed


async def test_a_parked_aggregate_is_listed_shown_given_up_by_two_persons_and_released(
    system: System, town: Town
) -> None:
    vacancy_id = await paused_behind_a_hole(system, town)
    place = (CONSUMER, TOPIC, vacancy_id)

    async def listed() -> bool:
        return vacancy_id in (await ops(system, "parked", "list"))[1]

    await eventually("the pause to wait behind the hole", listed)
    shown = await ops(system, "parked", "show", *place)
    kim, lee = ({"OPS_TOKEN": _token(system, person)} for person in ("kim", "lee"))
    asked = await ops(system, "parked", "skip", *place, "--reason", "it was heard before", **kim)
    again = await ops(system, "parked", "skip", *place, "--reason", "it was heard before", **kim)
    agreed = await ops(system, "parked", "skip", *place, "--reason", "seen it too", **lee)
    preview = await ops(system, "parked", "release", *place, "--reason", "see what happens", "--preview")
    released = await ops(system, "parked", "release", *place, "--reason", "nothing is missing")

    assert (shown[0], "VacancyPaused hole" in shown[1]) == (0, True), shown
    assert (asked[0], "another person must agree" in asked[1]) == (0, True), asked
    assert (again[0], "another person" in again[1]) == (2, True), again
    assert (agreed[0], "skipped for good" in agreed[1]) == (0, True), agreed
    assert (preview[0], "1 would be applied" in preview[1]) == (0, True), preview
    assert (released[0], "1 were applied" in released[1]) == (0, True), released
    assert (await ops(system, "parked", "list"))[1].count(vacancy_id) == 0
    (row,) = await system.sql("SELECT status FROM matching.vacancy WHERE vacancy_id = $1", vacancy_id)
    assert row["status"] == "paused"
    verified = await ops(system, "verify", "--wait", "30")
    assert (verified[0], vacancy_id in verified[1]) == (0, False), verified[1]


async def test_what_does_not_exist_is_refused_in_words(system: System) -> None:
    code, printed = await ops(system, "parked", "show", "nobody.listens", TOPIC, "x")

    assert (code, "there is no service nobody" in printed) == (2, True), printed
