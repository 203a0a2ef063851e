"""
The streams an open page listens to. Each hands another service's events through as they are, ids included, so that
the browser's Last-Event-ID means the same at both ends and nothing is missed across a reconnect.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack

from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ieum.http import EventStream, LastEventNumber
from portal.places import AGAIN_AFTER, NoPlaceLeft
from portal.services import Asking
from portal.visit import AnyVisit, SignedIn, Visit

router = APIRouter(prefix="/live")


@router.get("")
async def messages(visit: SignedIn, last: LastEventNumber) -> Response:
    """The visitor's own messages as they come."""
    return await _handed_through(visit, visit.notifications, last, whose=visit.person_id)


@router.get("/figures")
async def figures(visit: SignedIn, last: LastEventNumber) -> Response:
    """Which scopes' figures changed."""
    return await _handed_through(visit, visit.evaluation, last, whose=visit.person_id)


@router.get("/nation")
async def nation(visit: AnyVisit, last: LastEventNumber) -> Response:
    """The same for the first page, which anybody may see."""
    return await _handed_through(visit, visit.as_site("evaluation"), last, whose=None)


async def _handed_through(visit: Visit, service: Asking, last: int | None, *, whose: str | None) -> Response:
    """Opens the other end before answering, so that a silent service is a 503 and not an empty stream."""
    headers: Mapping[str, str] = {} if last is None else {"Last-Event-ID": str(last)}
    async with AsyncExitStack() as stack:
        try:
            stack.enter_context(visit.site.places.taken_by(whose))
        except NoPlaceLeft:
            # No page is made of it: it comes when there is the least room, and only a script reads it.
            return Response(status_code=503, headers={"Retry-After": str(AGAIN_AFTER)})
        answer = await stack.enter_async_context(service.stream("/stream", **headers))
        return _Held(visit.request, whole_frames(answer.aiter_bytes()), stack.pop_all())


class _Held(EventStream):
    """A stream that holds its place and its other end until it is over, even if nothing of it was ever read."""

    def __init__(self, request: Request, frames: AsyncIterator[bytes], held: AsyncExitStack) -> None:
        super().__init__(request, frames)
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream; ASGI."""
        async with self._held:
            await super().__call__(scope, receive, send)


async def whole_frames(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Cuts a stream into whole frames, because heartbeats of our own are sent in between. Ends with the stream."""
    rest = b""
    async for piece in pieces:
        *frames, rest = (rest + piece).split(b"\n\n")
        for frame in frames:
            yield frame + b"\n\n"
