"""What staff may see of letters: where they are, and nothing of what is in them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from ieum.http import Caller, Page, Paging, Read, allow
from notifications.delivery import store
from notifications.delivery.rules import State
from notifications.messages.kinds import Channel

router = APIRouter(tags=["deliveries"])

_CENTRE_STAFF = ("counsellor", "director")


class DeliveryView(BaseModel):
    """One message on one channel. Messages folded into one letter share its delivery_id and state."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    delivery_id: int
    recipient_id: str
    seq: int
    kind: str
    channel: Channel
    state: State = Field(
        description="unknown: it may have arrived, so it is not sent again; unwanted: switched off before it was sent"
    )
    reason: str | None = Field(description="A code such as `smtp 550`, `no address`, `reply lost`")
    attempts: int
    opened_at: datetime
    due_at: datetime | None = Field(description="When it is looked at next; null when nothing more will happen")
    settled_at: datetime | None


@router.get("/deliveries")
async def list_deliveries(
    caller: Annotated[Caller, allow(*_CENTRE_STAFF, "operator")],
    read: Read,
    paging: Paging,
    person_id: Annotated[
        str | None, Query(min_length=1, max_length=200, description="A person, or employer:<employer_id>")
    ] = None,
) -> Page[DeliveryView]:
    """The deliveries of one person; without `person_id`, the refused, unknown and undeliverable ones. Newest first.

    Staff of a centre see their centre's, whoever it is that they ask about.
    """
    centre_code = caller.attribute("centre_code") if caller.role in _CENTRE_STAFF else None
    number = Annotated[int, Field(ge=1, lt=2**63)]
    key = paging.after(number, number)
    before = (key[0], key[1]) if key else None
    async with read() as tx:
        if person_id is not None:
            found = await store.deliveries_of(tx, person_id, centre_code, before, paging.limit + 1)
        else:
            found = await store.troubled_deliveries(tx, centre_code, before, paging.limit + 1)
    return paging.page(
        [DeliveryView.model_validate(row) for row in found], key=lambda view: (view.seq, view.delivery_id)
    )
