"""The command, on real topics: it finds the same figures, says how far it compared, and sees every difference."""

from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import NewTopic

from evaluation.figures.events import (
    Countable,
    JobseekerChanged,
    JobseekerRegistered,
    PlacementRecorded,
    PlacementReversed,
    VacancyChanged,
    VacancyOpened,
)
from evaluation.figures.handlers import reactions
from evaluation.recomputation import command
from evaluation.recomputation.topics import history
from evaluation.scopes.events import CentreOpened
from ieum.database import Database
from ieum.messaging import Reaction
from ieum.messaging.clients import admin_client
from ieum.messaging.inbox import Inbox
from ieum.messaging.parking import Parking
from ieum.service import Service

from .histories import NOON, record

Recompute: TypeAlias = Callable[[], Awaitable[tuple[int, str]]]


class Topics:
    """The four topics under names of this test's own, the events told on them, and the consumer group that counts."""

    def __init__(self, bootstrap: str, producer: AIOKafkaProducer) -> None:
        (plain,) = reactions
        self.bootstrap = bootstrap
        self.prefix = f"t{uuid4().hex[:8]}."
        types = {(self.prefix + topic, kind): event for (topic, kind), event in plain.types.items()}
        self.reaction = Reaction(plain.consumer, plain.handler, types, plain.max_batch)
        self._producer = producer
        self._versions: dict[str, int] = {}

    async def tell(self, aggregate_id: str, *events: Countable | CentreOpened, twice: bool = False) -> None:
        """The next events of an aggregate, each sent twice when a relay died between send and delete."""
        for event in events:
            self._versions[aggregate_id] = version = self._versions.get(aggregate_id, 0) + 1
            sent = record(event.received(aggregate_id, version, occurred_at=NOON))
            for _ in range(2 if twice else 1):
                await self._producer.send(
                    self.prefix + event.topic, sent.value, key=sent.key, headers=list(sent.headers)
                )

    async def tell_nonsense(self, aggregate_id: str) -> None:
        """An event of the aggregate whose body cannot be read."""
        self._versions[aggregate_id] = version = self._versions.get(aggregate_id, 0) + 1
        plain = VacancyChanged(centre_code="12012", openings=1).received(aggregate_id, version)
        sent = record(plain)
        await self._producer.send(
            self.prefix + plain.topic, b'{"centre_code": 5}', key=sent.key, headers=list(sent.headers)
        )

    def forget(self, aggregate_id: str) -> None:
        """The next event of the aggregate never reaches Kafka."""
        self._versions[aggregate_id] += 1

    async def flush(self) -> None:
        """Wait until Kafka has everything that was told."""
        await self._producer.flush()

    async def consume(self, database: Database) -> None:
        """Everything there is now, by the kit's inbox."""
        await self.flush()
        inbox = Inbox(self.reaction, database)
        async with history(self.bootstrap, self.reaction.topics) as opened:
            for partition in opened.partitions:
                async for chunk in opened.records(partition):
                    await inbox.take(chunk)


@pytest.fixture
async def topics_told(kafka_bootstrap: str) -> AsyncIterator[Topics]:
    async with AIOKafkaProducer(bootstrap_servers=kafka_bootstrap) as producer, admin_client(kafka_bootstrap) as admin:
        made = Topics(kafka_bootstrap, producer)
        await admin.create_topics([NewTopic(topic, 2, 1) for topic in made.reaction.topics])
        yield made
        await admin.delete_topics(list(made.reaction.topics))


@pytest.fixture
async def told(topics_told: Topics, service: Service) -> Topics:
    """A small nation's life, told on the topics and counted in the database."""
    office = {"regional_office_code": "12010", "regional_office_name": "서울지방고용노동청"}
    await topics_told.tell("12012", CentreOpened(name="서울고용센터", **office))
    for number in range(30):
        centre = "12012" if number % 3 else "12003"
        vacancy = VacancyOpened(centre_code=centre, openings=number)
        await topics_told.tell(
            f"v-{number}", vacancy, VacancyChanged(centre_code="12012", openings=2), twice=number == 7
        )
        jobseeker = JobseekerRegistered(centre_code=centre)
        await topics_told.tell(f"j-{number}", jobseeker, JobseekerChanged(centre_code="12012"))
    for number in range(6):
        await topics_told.tell(f"p-{number}", PlacementRecorded(centre_code="12012"))
    await topics_told.tell("p-3", PlacementReversed(centre_code="12012"), twice=True)
    await topics_told.consume(service.database)
    return topics_told


@pytest.fixture
def service_settings(kafka_bootstrap: str) -> dict[str, str]:
    return {"kafka_bootstrap": kafka_bootstrap}


@pytest.fixture
def recompute(
    topics_told: Topics, service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Recompute:
    """Runs the command; its exit code and what it printed."""
    monkeypatch.setattr(command, "reactions", [topics_told.reaction])

    async def run() -> tuple[int, str]:
        await topics_told.flush()
        capsys.readouterr()
        code = await command.run(service, Namespace())
        return code, capsys.readouterr().out

    return run


@pytest.mark.usefixtures("told")
async def test_topics_ledger_and_figures_are_the_same_to_the_last_digit(recompute: Recompute) -> None:
    code, printed = await recompute()

    assert code == command.SAME, printed
    assert "The same to the last digit." in printed
    assert len({line.split(": ")[1] for line in printed.splitlines() if line.startswith("State of the ")}) == 1
    assert "made from 128 events; 0 more" in printed
    assert "Sent twice: 3." in printed


async def test_events_not_counted_yet_are_beyond_the_cut_and_no_difference(told: Topics, recompute: Recompute) -> None:
    await told.tell("v-0", VacancyChanged(centre_code="12012", openings=99))
    await told.tell("v-new", VacancyOpened(centre_code="12012", openings=5))

    code, printed = await recompute()

    assert code == command.SAME, printed
    assert "made from 128 events; 2 more" in printed
    assert "102" in next(line for line in printed.splitlines() if "openings" in line)


async def test_a_parked_aggregate_counts_on_neither_side(told: Topics, recompute: Recompute, service: Service) -> None:
    await told.tell_nonsense("v-1")
    await told.tell("v-1", VacancyChanged(centre_code="12012", openings=50))
    await told.consume(service.database)

    code, printed = await recompute()

    assert code == command.SAME, printed
    assert "Parked, skipped or unreadable: 2." in printed


async def _skip_and_release(told: Topics, service: Service, aggregate_id: str) -> None:
    """Two persons skip what an aggregate waits for, and one lets the rest go on."""
    parking = Parking(service.database, [told.reaction])
    place = (told.reaction.consumer, told.prefix + VacancyChanged.topic, aggregate_id)
    for person in ("kim", "lee"):
        await parking.skip(*place, by=person, reason="it cannot be counted")
    await parking.release(*place, by="kim", reason="the rest")


async def test_an_event_that_two_persons_skipped_counts_on_neither_side(
    told: Topics, recompute: Recompute, service: Service
) -> None:
    await told.tell_nonsense("v-1")
    await told.tell("v-1", VacancyChanged(centre_code="12012", openings=50))
    await told.consume(service.database)
    await _skip_and_release(told, service, "v-1")

    code, printed = await recompute()

    assert code == command.SAME, printed
    assert "Parked, skipped or unreadable: 1." in printed
    assert "made from 129 events" in printed


async def test_a_skip_that_only_one_person_wants_changes_nothing(
    told: Topics, recompute: Recompute, service: Service
) -> None:
    await told.tell_nonsense("v-1")
    await told.consume(service.database)
    parking = Parking(service.database, [told.reaction])
    place = (told.reaction.consumer, told.prefix + VacancyChanged.topic, "v-1")
    await parking.skip(*place, by="kim", reason="it cannot be counted")

    code, printed = await recompute()

    assert code == command.SAME, printed
    assert "Parked, skipped or unreadable: 1." in printed


async def test_what_came_after_a_hole_that_two_persons_gave_up_counts_on_both_sides(
    told: Topics, recompute: Recompute, service: Service
) -> None:
    told.forget("v-2")
    told.forget("v-2")
    await told.tell("v-2", VacancyChanged(centre_code="12012", openings=40))
    await told.consume(service.database)
    await _skip_and_release(told, service, "v-2")

    code, printed = await recompute()

    assert code == command.SAME, printed
    assert "Given up by two persons: 2 versions that never came." in printed
    assert "made from 129 events" in printed


@pytest.mark.usefixtures("told")
async def test_a_figure_that_was_tampered_with_is_named(recompute: Recompute, service: Service) -> None:
    async with service.database.transaction() as tx:
        await tx.execute(
            "UPDATE daily_figure SET amount = amount + 1 WHERE centre_code = '12003' AND measure = 'openings'"
        )

    code, printed = await recompute()

    assert code == command.DIFFERENT
    assert "1 differences" in printed
    assert "12003" in printed
    assert "The figures are not what the ledger adds up to." in printed


@pytest.mark.usefixtures("told")
async def test_a_row_slipped_into_the_ledger_is_seen(recompute: Recompute, service: Service) -> None:
    async with service.database.transaction() as tx:
        await tx.execute(
            """
            INSERT INTO ledger
                  (measure, centre_code, day, amount, event_id, topic, aggregate_id, version, type, occurred_at)
            SELECT measure, '99999', day, amount, event_id, topic, aggregate_id, version, type, occurred_at
            FROM ledger LIMIT 1
            """
        )

    code, printed = await recompute()

    assert code == command.DIFFERENT
    assert "The figures are not what the ledger adds up to." in printed


async def test_a_hole_in_the_history_is_an_error(told: Topics, recompute: Recompute, service: Service) -> None:
    told.forget("v-2")
    await told.tell("v-2", VacancyChanged(centre_code="12012", openings=40))
    await told.consume(service.database)

    code, printed = await recompute()

    assert code == command.DIFFERENT
    assert "1 aggregates' versions have holes" in printed


async def test_without_its_topics_nothing_is_compared(
    recompute: Recompute, topics_told: Topics, kafka_bootstrap: str
) -> None:
    async with admin_client(kafka_bootstrap) as admin:
        await admin.delete_topics([topics_told.reaction.topics[0]])

    code, printed = await recompute()

    assert code == command.NOT_COMPARED
    assert "does not have a topic" in printed
