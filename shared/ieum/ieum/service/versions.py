"""Routes by which a service says how far each aggregate is: `python -m ieum.ops reconcile` compares them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from ieum.database import Database, Transaction
from ieum.http import Caller, allow
from ieum.messaging import versions_store as store
from ieum.messaging.versions_store import Page

Operator = Annotated[Caller, allow("operator")]
Name = Annotated[str, Query(min_length=1, max_length=200)]
After = Annotated[str, Query(max_length=200, description="Only aggregates behind this id")]
Limit = Annotated[int, Query(ge=1, le=5_000)]
# As many ids as fit into an address that every proxy lets through.
Ids = Annotated[list[str] | None, Query(max_length=100, description="Only these aggregates")]


def version_routes(database: Database) -> APIRouter:
    """`/operations/versions` of a service."""
    router = APIRouter(prefix="/operations/versions", tags=["operations"])

    @router.get("/said")
    async def said(
        _: Operator, topic: Name, after: After = "", limit: Limit = 1_000, ids: Ids = None
    ) -> dict[str, Any]:
        """The version each aggregate of an own topic has reached, by aggregate id."""
        async with database.reading() as tx:
            return _page(await _said(tx, topic, after, limit, ids), limit, ids)

    @router.get("/heard")
    async def heard(
        _: Operator, consumer: Name, topic: Name, after: After = "", limit: Limit = 1_000, ids: Ids = None
    ) -> dict[str, Any]:
        """The version of each aggregate that a consumer group of this service has heard, by aggregate id."""
        async with database.reading() as tx:
            return _page(await _heard(tx, consumer, topic, after, limit, ids), limit, ids)

    return router


async def _said(tx: Transaction, topic: str, after: str, limit: int, ids: list[str] | None) -> Page:
    return await store.said_of(tx, topic, ids) if ids else await store.said(tx, topic, after, limit)


async def _heard(tx: Transaction, consumer: str, topic: str, after: str, limit: int, ids: list[str] | None) -> Page:
    if ids:
        return await store.heard_of(tx, consumer, topic, ids)
    return await store.heard(tx, consumer, topic, after, limit)


def _page(rows: Page, limit: int, ids: list[str] | None) -> dict[str, Any]:
    more = not ids and len(rows) == limit
    return {"items": [list(row) for row in rows], "next": rows[-1][0] if more else None}
