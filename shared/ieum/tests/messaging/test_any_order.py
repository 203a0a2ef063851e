"""Whatever comes in any order, is refused, released or skipped: what must hold of an aggregate after every step."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ieum.database import Database
from ieum.messaging import parking_store
from ieum.messaging.failures import Backoff
from ieum.messaging.inbox import Inbox
from ieum.messaging.parking import NotParked, Parking
from ieum.testing import record_of

from .conftest import TOPIC, Deposited, Ledger
from .test_holes import applied, stand

LAST = 6


class Deliver(NamedTuple):
    """These versions come in one batch, in this order."""

    versions: list[int]


class Refuse(NamedTuple):
    """From now on the handler fails with these versions."""

    versions: set[int]


class Release(NamedTuple):
    """An operator releases the aggregate."""


class Skip(NamedTuple):
    """Two persons skip its first parked version, or what is missing before it."""


_versions = st.integers(1, LAST)
_deliver = st.builds(Deliver, st.lists(_versions, min_size=1, max_size=5))
_steps = st.lists(
    st.one_of(_deliver, _deliver, _deliver, st.builds(Refuse, st.sets(_versions)), st.builds(Release), st.builds(Skip)),
    max_size=12,
)


class Story:
    """One aggregate through a row of steps, and what must hold after each."""

    def __init__(self, bank: Database, ledger: Ledger, malformed: set[int]) -> None:
        self._bank, self._ledger, self._malformed = bank, ledger, malformed
        self._inbox = Inbox(ledger.reaction, bank, backoff=Backoff(first=0.0001, ceiling=0.0002))
        self._parking = Parking(bank, [ledger.reaction])
        self._account = uuid4().hex
        self._delivered: set[int] = set()
        self._reached = 0
        # What waits behind a skipped version, or beyond given up ones, does so until a release.
        self._needs_release = False

    async def step(self, step: NamedTuple) -> None:
        """Do one thing and check."""
        if isinstance(step, Deliver):
            self._delivered |= set(step.versions)
            await self._inbox.take([self._record(version) for version in step.versions])
        elif isinstance(step, Refuse):
            self._ledger.refuse = step.versions
        elif isinstance(step, Skip):
            self._needs_release |= await self._skip()
        elif await self._release():
            self._needs_release = False
        await self.check()

    async def is_stuck(self) -> bool:
        """Whether anything is parked."""
        return bool((await stand(self._bank, self._account)).parked)

    async def check(self) -> None:
        """The invariants."""
        found = await stand(self._bank, self._account)
        booked = await applied(self._bank, self._account)
        gone = await self._left_out()
        assert booked == sorted(set(booked)), "applied at most once, and in order"
        assert not set(booked) & found.parked.keys(), "nothing applied is still parked"
        assert not set(booked) & (gone - found.parked.keys()), "nothing given up is applied"
        assert self._delivered <= set(booked) | found.parked.keys() | gone, "nothing is dropped"
        assert found.version >= self._reached, "a mark never goes back"
        assert set(booked) <= set(range(1, found.version + 1)), "nothing is applied beyond the mark"
        queue = {version for version in found.parked if version <= found.version}
        if found.state == "held":
            assert queue == set(range(min(found.parked), found.version + 1)), "the first, and all behind it"
            assert {found.parked[version] for version in queue} <= {"bad", "waiting"}
        else:
            assert not queue
            assert bool(found.parked) == (found.state == "gap")
        assert {found.parked[version] for version in found.parked.keys() - queue} <= {"hole"}
        if self._delivered == set(range(1, LAST + 1)) and found.state != "held" and not self._needs_release:
            assert found == (LAST, "flowing", {}), "when all have come and nothing is bad it flows"
        self._reached = found.version

    async def _left_out(self) -> set[int]:
        async with self._bank.reading() as tx:
            every = await parking_store.left_out(tx, "bank.ledger")
        return {version for _, account, version in every if account == self._account}

    def _record(self, version: int) -> object:
        if version in self._malformed:
            return record_of(b"{}", self._account, version, topic=TOPIC, kind="Deposited")
        return record_of(Deposited(amount=version), self._account, version)

    async def _release(self) -> bool:
        try:
            outcome = await self._parking.release("bank.ledger", TOPIC, self._account, by="op-1", reason="try")
        except NotParked:
            return True
        return outcome.problem is None

    async def _skip(self) -> bool:
        place = ("bank.ledger", TOPIC, self._account)
        try:
            await self._parking.skip(*place, by=f"op-{uuid4()}", reason="leave it out")
            return await self._parking.skip(*place, by=f"op-{uuid4()}", reason="agreed")
        except NotParked:
            return False


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_steps, malformed=st.sets(_versions, max_size=1), named=st.booleans())
async def test_whatever_comes_in_whatever_order_each_version_is_applied_at_most_once_and_in_order(
    bank: Database, steps: Sequence[NamedTuple], malformed: set[int], named: bool
) -> None:
    ledger = Ledger()
    ledger.names_refused = named
    story = Story(bank, ledger, malformed)
    for step in steps:
        await story.step(step)

    await story.step(Refuse(set()))
    await story.step(Deliver(list(range(1, LAST + 1))))
    for _ in range(LAST):
        await story.step(Release())
        await story.step(Skip())
        if not await story.is_stuck():
            break
    assert not await story.is_stuck()
