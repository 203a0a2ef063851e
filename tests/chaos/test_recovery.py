"""The time that a system needs after a fault is measured from its end to the last process and the next command."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ieum.testing import eventually

from .recovery import Recoveries
from .schedule import Fault

FAULT = Fault(1, 0.0, "kill", "matching-1", 0.0, "")


class System:
    """Processes that complain or are ready, and commands."""

    def __init__(self) -> None:
        self.complaints: dict[str, str | None] = {"matching-1": None, "matching-2": None}
        self.silent: set[str] = set()
        self.acknowledged = 0.0
        self.asked = 0

    async def complaint(self, name: str) -> str | None:
        self.asked += 1
        if name in self.silent:
            await asyncio.Event().wait()
        return self.complaints[name]

    def command(self) -> None:
        self.acknowledged = asyncio.get_running_loop().time()


@pytest.fixture
def system() -> System:
    return System()


@pytest.fixture
async def recoveries(system: System) -> AsyncIterator[Recoveries]:
    made = Recoveries(lambda: list(system.complaints), system.complaint, lambda: system.acknowledged)
    watching = asyncio.create_task(made.watch())
    yield made
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


async def test_a_fault_is_made_good_when_all_are_ready_and_a_command_has_been_acknowledged(
    system: System, recoveries: Recoveries
) -> None:
    recoveries.ended(FAULT)
    await eventually("all to be seen", lambda: len(recoveries.found[0].seen) == 2)
    assert recoveries.waiting

    system.command()

    await eventually("the fault to be made good", lambda: not recoveries.waiting)
    assert recoveries.found[0].seconds is not None


async def test_who_was_waited_for_and_why_is_known(system: System, recoveries: Recoveries) -> None:
    system.complaints["matching-1"] = "waiting for PostgreSQL"
    recoveries.ended(FAULT)
    system.command()
    await eventually("the complaint", lambda: "PostgreSQL" in recoveries.found[0].waited_for)

    system.complaints["matching-1"] = None

    await eventually("the fault to be made good", lambda: not recoveries.waiting)
    assert "kill of matching-1: matching-1: waiting for PostgreSQL" in str(recoveries.found[0])


async def test_a_process_that_does_not_answer_holds_up_no_other_and_one_that_leaves_is_not_waited_for(
    system: System, recoveries: Recoveries
) -> None:
    system.silent.add("matching-2")
    recoveries.ended(FAULT)
    system.command()
    await eventually("the other to be seen", lambda: recoveries.found[0].seen == {"matching-1"})

    del system.complaints["matching-2"]

    await eventually("the fault to be made good", lambda: not recoveries.waiting)


async def test_nobody_is_asked_while_all_is_well(system: System, recoveries: Recoveries) -> None:
    recoveries.ended(FAULT)
    system.command()
    await eventually("the fault to be made good", lambda: not recoveries.waiting)

    asked = system.asked
    await asyncio.gather(*(asyncio.sleep(0) for _ in range(100)))

    assert system.asked == asked == 2
