"""A service in two releases, as a program: `RELEASE=first|second python tally.py serve|migrate|rebuild`.

The second has a further column, and a further field in its event.
"""

import os
from pathlib import Path

from fastapi import APIRouter, Response
from pydantic import BaseModel

from ieum.database import Transaction
from ieum.http import Write
from ieum.messaging import Event, Reactions, outbox
from ieum.service import Service, ServiceSettings, main

SECOND = os.environ["RELEASE"] == "second"
TOPIC = "tally.voter.v1"

reactions = Reactions()
router = APIRouter()

if SECOND:

    class Voted(Event, topic=TOPIC):
        """Somebody voted."""

        choice: int
        channel: str | None = None

else:

    class Voted(Event, topic=TOPIC):  # type: ignore[no-redef]
        """Somebody voted."""

        choice: int


class Ballot(BaseModel):
    choice: int


@reactions.consume("tally.votes", derived=["vote"])
async def book(tx: Transaction, events: list[Voted]) -> None:
    columns = [
        [event.aggregate_id for event in events],
        [event.aggregate_version for event in events],
        [event.choice for event in events],
    ]
    if SECOND:
        await tx.execute(
            "INSERT INTO vote (voter, version, choice, channel) "
            "SELECT * FROM unnest($1::text[], $2::bigint[], $3::int[], $4::text[])",
            *columns,
            [event.channel for event in events],
        )
    else:
        await tx.execute(
            "INSERT INTO vote (voter, version, choice) SELECT * FROM unnest($1::text[], $2::bigint[], $3::int[])",
            *columns,
        )


@router.post("/voters/{voter}/votes", status_code=201)
async def vote(voter: str, body: Ballot, write: Write) -> Response:
    async def effect(tx: Transaction) -> Ballot:
        await tx.execute("INSERT INTO voter (voter) VALUES ($1) ON CONFLICT DO NOTHING", voter)
        # All columns, carelessly: a plan made before the migration does not fit the table after it.
        await tx.fetchrow("SELECT * FROM voter WHERE voter = $1 FOR UPDATE", voter)
        await tx.execute("UPDATE voter SET votes = votes + 1 WHERE voter = $1", voter)
        said = Voted(choice=body.choice, channel="hall") if SECOND else Voted(choice=body.choice)
        await outbox.add(tx, voter, said)
        return body

    return await write(effect, status=201)


def build(settings: ServiceSettings) -> Service:
    return Service(
        "tally",
        settings,
        routers=[router],
        reactions=[reactions],
        migrations=Path(__file__).parent / os.environ["RELEASE"],
    )


if __name__ == "__main__":
    main(build, ServiceSettings)
