"""The live stream over HTTP."""

from fastapi import APIRouter, Request

from evaluation.live.watch import FiguresChanged, watch_of
from ieum.http import EventStream, Invalid, LastEventNumber, allow, problem_responses
from ieum.http.problems import Unauthenticated

router = APIRouter(tags=["live"], dependencies=[allow()], responses=problem_responses(Unauthenticated, Invalid))


@router.get(
    "/stream",
    response_class=EventStream,
    responses={
        200: {
            "description": "Events `figures`, at most four a second; id: the revision; data: which scopes changed.",
            "content": {"text/event-stream": {"schema": FiguresChanged.model_json_schema()}},
        }
    },
)
async def live_figures(request: Request, last_seen: LastEventNumber) -> EventStream:
    """Server-sent events that name the scopes whose figures changed; the client then asks for what it shows."""
    return EventStream(request, watch_of(request.app.state.database).frames(last_seen))
