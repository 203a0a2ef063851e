"""Kafka, PostgreSQL and a service go and come back under load: who asks is told the truth, and all is soon well."""

import asyncio
from dataclasses import dataclass

import pytest

from .outage_figures import Outage
from .outages import OutageRun, Plan
from .outages_command import BACK_SECONDS, MOST_KNOCKS
from .slowness import slowness

# Long enough for sessions, leases and idle connections to end. `make outages SECONDS=600` has ten minutes for each.
SECONDS = 60
USUAL = 8
# So few that the machine has room for other work.
RATE = 15
# So long is looked; how long it may take is BACK_SECONDS.
PATIENCE = 240


@dataclass(frozen=True)
class Ran:
    """The three outages, what oracle and books found wrong in the end, and how slow the machine was."""

    outages: dict[str, Outage]
    findings: list[str]
    slowness: float


@pytest.fixture(scope="module")
async def run(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """One cluster for all three."""
    before = await slowness()
    plan = Plan(
        ("kafka", "postgres", "matching"), SECONDS, RATE, usual=USUAL, patience=max(PATIENCE, BACK_SECONDS * before)
    )
    said: list[str] = []
    async with asyncio.timeout(1_800):
        run = OutageRun(plan, tmp_path_factory.mktemp("outages"), said.append)
        judged = await run.run()
    assert run.sender.tally.unknown == 0, said
    return Ran(
        {one.part: one for one in run.outages},
        [f"{one.kind} {one.where}: {one.what}" for one in judged.findings],
        max(before, await slowness()),
    )


def test_commands_are_taken_while_kafka_is_away(run: Ran) -> None:
    kafka = run.outages["kafka"]

    # What waits too long for a busy machine is told so; that must be the exception.
    assert kafka.acknowledged > 10 * sum(count for answer, count in kafka.answers.items() if " 50" in answer)
    assert kafka.unclear == 0
    assert kafka.most_unsent > 0


def test_commands_are_refused_clearly_while_postgresql_is_away(run: Ran) -> None:
    postgres = run.outages["postgres"]

    assert postgres.acknowledged == 0
    assert {answer.split(" ", 1)[1] for answer in postgres.answers} - {"no answer"} == {"503 database-unavailable"}
    assert postgres.unclear == 0


def test_a_service_that_is_away_keeps_nobody_else_from_work(run: Ran) -> None:
    matching = run.outages["matching"]

    assert matching.answers.get("registration 2xx", 0) > 0
    assert {answer for answer in matching.answers if answer.startswith("matching")} <= {"matching no answer"}
    assert matching.unclear == 0


@pytest.mark.parametrize("part", ["kafka", "postgres", "matching"])
def test_all_is_as_before_soon_after_the_return(run: Ran, part: str) -> None:
    outage = run.outages[part]

    most = BACK_SECONDS * run.slowness
    for took in (outage.usual_again, outage.heard_again):
        assert took is not None, vars(outage)
        assert took <= most, (most, vars(outage))


@pytest.mark.parametrize("part", ["kafka", "postgres", "matching"])
def test_nobody_storms_what_is_away_or_comes_back(run: Ran, part: str) -> None:
    outage = run.outages[part]

    assert outage.knocking.mean <= MOST_KNOCKS, vars(outage)
    assert outage.calls.mean <= MOST_KNOCKS, vars(outage)


def test_nothing_is_lost_doubled_or_out_of_order(run: Ran) -> None:
    assert run.findings == []
