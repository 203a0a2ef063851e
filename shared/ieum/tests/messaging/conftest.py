"""A small ledger service of the kit's own, to test messaging with."""

import pytest

from ieum.database import Database, Transaction
from ieum.messaging import Event, Reaction, Reactions, Rejected, Topic, Topics, Unavailable, outbox

TOPIC = "bank.account.v1"
TOPICS = Topics([Topic(TOPIC, owner="bank", key="account", partitions=3)])


class Deposited(Event, topic=TOPIC):
    """Money came in."""

    amount: int


class Renamed(Event, topic=TOPIC):
    """Nobody in these tests listens to it."""

    name: str


class Ledger:
    """A reaction that writes one row per event, and can be told to fail."""

    def __init__(self) -> None:
        self.reactions = Reactions()
        self.refuse: set[int] = set()
        self.rule = "amount is refused"
        self.names_refused = False
        self.broken: set[int] = set()
        self.lacks: set[int] = set()
        self.slow: set[int] = set()
        self.away = False
        self.failures_left = 0
        self.batches: list[int] = []

        @self.reactions.consume("bank.ledger")
        async def book(tx: Transaction, events: list[Deposited]) -> None:
            self.batches.append(len(events))
            if self.failures_left:
                self.failures_left -= 1
                raise RuntimeError("a bug that goes away")
            if refused := [event for event in events if event.amount in self.refuse]:
                raise Rejected(self.rule, *(refused if self.names_refused else ()))
            if any(event.amount in self.broken for event in events):
                raise RuntimeError("a bug")
            if any(event.amount in self.slow for event in events):
                await tx.execute("SELECT pg_sleep(5)")
            if self.away:
                raise Unavailable("something else")
            if any(event.amount in self.lacks for event in events):
                raise KeyError("a bug of the commonest kind")
            await tx.execute(
                "INSERT INTO booking (account, version, amount) SELECT * FROM unnest($1::text[], $2::int[], $3::int[])",
                [event.aggregate_id for event in events],
                [event.aggregate_version for event in events],
                [event.amount for event in events],
            )

    @property
    def reaction(self) -> Reaction:
        return next(iter(self.reactions))


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
async def bank(database: Database) -> Database:
    """A database in which the bank service speaks and books."""
    async with database.transaction() as tx:
        await tx.execute(
            "CREATE TABLE booking (nth bigint GENERATED ALWAYS AS IDENTITY, account text, version bigint, amount int)"
        )
    outbox.configure(database, TOPICS, "bank")
    return database


async def bookings(database: Database) -> list[tuple[str, int, int]]:
    """All bookings in the order they were made."""
    async with database.reading() as tx:
        return [tuple(row) for row in await tx.fetch("SELECT account, version, amount FROM booking ORDER BY nth")]
