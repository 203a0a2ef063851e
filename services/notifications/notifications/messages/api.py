"""Reading one's own messages."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from ieum.database import Transaction
from ieum.http import Caller, NotFound, Page, Paging, Read, Write, allow, problem_responses
from notifications.messages import store
from notifications.messages.access import READERS, recipient_of
from notifications.messages.texts import Texts
from notifications.messages.views import MessageView, view_of

Seq = Annotated[int, Path(ge=1, lt=2**63, description="The message's number")]


class MessagePage(Page[MessageView]):
    """Messages, newest first, and how many wait to be read."""

    unread: int = Field(description=f"Unread messages, counted up to {store.UNREAD_COUNTED}")


def message_routes(texts: Texts) -> APIRouter:
    """The routes under /messages."""
    router = APIRouter(tags=["messages"])

    @router.get("/messages")
    async def list_messages(
        caller: Annotated[Caller, allow(*READERS)],
        read: Read,
        paging: Paging,
        unread: Annotated[bool, Query(description="Only messages not read yet")] = False,
    ) -> MessagePage:
        """The caller's messages, newest first."""
        recipient_id = recipient_of(caller)
        after = paging.after(Annotated[int, Field(ge=1, lt=2**63)])
        async with read() as tx:
            found = await store.messages_before(
                tx, recipient_id, after[0] if after else None, paging.limit + 1, unread_only=unread
            )
            count = await store.count_unread(tx, recipient_id)
        page = paging.page([view_of(message, texts) for message in found], key=lambda view: (view.seq,))
        return MessagePage(items=page.items, next=page.next, unread=count)

    @router.post("/messages/{seq}/read", response_model=MessageView, responses=problem_responses(NotFound))
    async def mark_message_read(seq: Seq, caller: Annotated[Caller, allow(*READERS)], write: Write) -> Response:
        """Remember that the message was read; the first time counts."""
        recipient_id = recipient_of(caller)

        async def effect(tx: Transaction) -> MessageView:
            await store.mark_read(tx, recipient_id, seq)
            message = await store.find_message(tx, recipient_id, seq)
            if message is None:
                raise NotFound
            return view_of(message, texts)

        return await write(effect)

    return router
