"""Looking at people's records, as their routes do it: what is read leaves only when the look is kept."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import AfterValidator

from ieum.database import Database, Transaction
from ieum.http import Caller
from registration.clock.store import instant
from registration.people.dependencies import Sealed
from registration.record_looks.rules import Look
from registration.record_looks.store import add_look
from registration.text.typed import no_resident_number

_LONGEST_ORIGIN: Final = 200

Purpose = Annotated[
    str,
    Query(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$", description="What for"),
    AfterValidator(no_resident_number),
]
"""Why somebody looks at a record; kept with the look."""


class Looking:
    """Looks at records: what is read in `transaction()` leaves only when its looks are kept."""

    def __init__(self, request: Request, sealing: Sealed) -> None:
        self._database: Database = request.app.state.database
        self._key = sealing.look_key
        self._came_from = _origin(request)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A transaction to read in and to note the looks in; they commit before the answer is sent."""
        async with self._database.transaction() as tx:
            yield tx

    async def note(self, tx: Transaction, caller: Caller, person_id: UUID | None, seen: str, purpose: str) -> None:
        """Note a look, last in the transaction: others who look wait for its end."""
        look = Look(
            looked_at=await instant(tx),
            viewer_id=caller.person_id,
            viewer_role=caller.role,
            came_from=self._came_from,
            person_id=str(person_id) if person_id else None,
            seen=seen,
            purpose=purpose,
        )
        await add_look(tx, look, self._key)


Looks = Annotated[Looking, Depends(Looking)]
"""`looks: Looks` in a route's parameters."""


def _origin(request: Request) -> str:
    """The address that asked; and whom it says it asks for, which is only as true as that address."""
    peer = request.client.host if request.client else "unknown"
    claimed = "".join(c for c in request.headers.get("x-forwarded-for", "") if c.isprintable() and c.isascii())
    return f"{peer} for {claimed}"[:_LONGEST_ORIGIN] if claimed else peer
