"""A bearer token for the person who looks, and requests to copy."""

from fastapi import APIRouter
from starlette.responses import Response

from portal.visit import TOKEN_LIFETIME, AnyVisit, SignedIn, Visit

router = APIRouter(prefix="/developer")


@router.get("")
async def developer(visit: AnyVisit) -> Response:
    """How to do by program what the pages do."""
    return _page(visit)


@router.post("/token")
async def token(visit: SignedIn) -> Response:
    """Shows a token once. It is made on request only, so that no page carries one by itself."""
    await visit.sent_form()
    return _page(visit, visit.token())


def _page(visit: Visit, token: str | None = None) -> Response:
    return visit.page(
        "developers/page.html",
        token=token,
        minutes=int(TOKEN_LIFETIME.total_seconds() // 60),
        url=visit.settings.url_of,
    )
