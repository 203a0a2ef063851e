"""Pages by cursor: `?limit=&cursor=` → `{"items": […], "next": cursor | null}`. Added rows never shift a page.

```python
@router.get("/notes")
async def notes(paging: Paging, read: Read) -> Page[NoteView]:
    async with read() as tx:
        rows = await newest_notes(tx, after=paging.after(datetime, UUID), limit=paging.limit + 1)
    return paging.page([NoteView(**row) for row in rows], key=lambda note: (note.written_at, note.note_id))
```
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import to_json

from ieum.http.days import Day, Instant
from ieum.http.input import fault_of
from ieum.http.problems import FieldError, Invalid

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """Some of a list, and where to go on."""

    items: list[Item]
    next: str | None = Field(None, description="Cursor of the next page; null on the last")


class PageRequest(BaseModel):
    """How many, and after what."""

    model_config = ConfigDict(frozen=True)

    limit: int
    cursor: str | None = None

    def after(self, *types: Any) -> tuple[Any, ...] | None:
        """The key of the last item seen, as these types; None on the first page. Raises Invalid for a wrong cursor."""
        if self.cursor is None:
            return None
        try:
            raw = base64.b64decode(self.cursor + "=" * (-len(self.cursor) % 4), altchars=b"-_", validate=True)
            shape = tuple(_WRITTEN.get(one, one) for one in types)
            key: tuple[Any, ...] = TypeAdapter(tuple[shape]).validate_json(raw)  # type: ignore[valid-type]
        except (ValidationError, binascii.Error, ValueError):
            raise Invalid(errors=[_NOT_A_CURSOR]) from None
        if any(fault_of(part) for part in key):
            raise Invalid(errors=[_NOT_A_CURSOR])
        return key

    def page(self, found: Sequence[Item], key: Callable[[Item], tuple[Any, ...]]) -> Page[Item]:
        """A page of `found`, which holds up to `limit` + 1 items: one too many means that there is a next page."""
        items = list(found[: self.limit])
        more = len(found) > self.limit
        return Page(items=items, next=_cursor(key(items[-1])) if more and items else None)


def _cursor(key: tuple[Any, ...]) -> str:
    return base64.urlsafe_b64encode(to_json(key)).decode().rstrip("=")


_WRITTEN: dict[Any, Any] = {datetime: Instant, date: Day}
_NOT_A_CURSOR = FieldError(
    field="cursor", rule="a cursor from a former answer", ko="이전 응답에서 받은 커서여야 합니다"
)


async def _page_request(
    limit: Annotated[int, Query(ge=1, le=200, description="Most items to return")] = 50,
    cursor: Annotated[str | None, Query(max_length=1_000, description="`next` of the page before")] = None,
) -> PageRequest:
    return PageRequest(limit=limit, cursor=cursor)


Paging = Annotated[PageRequest, Depends(_page_request)]
"""`paging: Paging` in a route's parameters."""
