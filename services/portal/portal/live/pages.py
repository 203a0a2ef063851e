"""
The streams an open page listens to. Each hands another service's events through as they are, ids included, so that
the browser's Last-Event-ID means the same at both ends and nothing is missed across a reconnect.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack

from fastapi import APIRouter
from starlette.responses import Response

from ieum.http import EventStream, LastEventNumber
from portal.services import Asking
from portal.visit import AnyVisit, SignedIn, Visit

router = APIRouter(prefix="/live")


@router.get("")
async def messages(visit: SignedIn, last: LastEventNumber) -> Response:
    """The visitor's own messages as they come."""
    return await _handed_through(visit, visit.notifications, last)


@router.get("/figures")
async def figures(visit: SignedIn, last: LastEventNumber) -> Response:
    """Which scopes' figures changed."""
    return await _handed_through(visit, visit.evaluation, last)


@router.get("/nation")
async def nation(visit: AnyVisit, last: LastEventNumber) -> Response:
    """The same for the first page, which anybody may see."""
    return await _handed_through(visit, visit.as_site("evaluation"), last)


async def _handed_through(visit: Visit, service: Asking, last: int | None) -> Response:
    """Opens the other end before answering, so that a silent service is a 503 and not an empty stream."""
    stack = AsyncExitStack()
    headers: Mapping[str, str] = {} if last is None else {"Last-Event-ID": str(last)}
    answer = await stack.enter_async_context(service.stream("/stream", **headers))
    return EventStream(visit.request, whole_frames(answer.aiter_bytes(), stack))


async def whole_frames(pieces: AsyncIterator[bytes], held: AsyncExitStack) -> AsyncIterator[bytes]:
    """Cuts a stream into whole frames, because heartbeats of our own are sent in between. Ends with the stream."""
    async with held:
        rest = b""
        async for piece in pieces:
            *frames, rest = (rest + piece).split(b"\n\n")
            for frame in frames:
                yield frame + b"\n\n"
