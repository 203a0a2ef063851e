"""The live stream of one's own messages."""

from typing import Annotated

from fastapi import APIRouter, Request

from ieum.http import Caller, EventStream, LastEventNumber, Read, allow, problem_responses
from notifications.live.hub import Hub, TooManyStreams
from notifications.messages.access import READERS, recipient_of


def live_routes(hub: Hub) -> APIRouter:
    """The route /stream."""
    router = APIRouter(tags=["messages"])

    @router.get(
        "/stream",
        status_code=200,
        response_class=EventStream,
        response_model=None,
        responses={200: {"content": {"text/event-stream": {}}}, **problem_responses(TooManyStreams)},
    )
    async def stream(
        request: Request, caller: Annotated[Caller, allow(*READERS)], read: Read, last: LastEventNumber
    ) -> EventStream:
        """The caller's messages as they come: `id` is the message's seq, `event` its kind, `data` the message.

        With the id of the last one seen (Last-Event-ID, or ?last_event_id=) the stream begins with everything after
        it, so a page passes the newest seq it shows and misses nothing. Without it, with what comes from now on.
        """
        found = await hub.open(read, recipient_of(caller), last)
        return EventStream(request, found.frames())

    return router
