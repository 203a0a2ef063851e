"""The code lists as registration serves them, kept for an hour: they change about once a year."""

import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from portal.codes.tree import Centre, Occupation, Occupations, Region, Regions
from portal.services import Asking, Items, Unavailable

T = TypeVar("T")

KEPT_SECONDS = 3600


class Kept(Generic[T]):
    """One list, asked for anew when it is an hour old."""

    def __init__(self, ask: Callable[[Asking], Awaitable[T]]) -> None:
        self._ask = ask
        self._value: T | None = None
        self._asked_at = 0.0

    async def get(self, registration: Asking) -> T:
        """The list; raises Unavailable only when none was ever had."""
        if self._value is not None and time.monotonic() - self._asked_at < KEPT_SECONDS:
            return self._value
        try:
            self._value = await self._ask(registration)
            self._asked_at = time.monotonic()
        except Unavailable:
            # Codes of an hour ago are better than no form.
            if self._value is None:
                raise
        return self._value


async def _occupations(registration: Asking) -> Occupations:
    return Occupations((await registration.get(Items[Occupation], "/reference/occupations")).items)


async def _regions(registration: Asking) -> Regions:
    return Regions((await registration.get(Items[Region], "/reference/regions")).items)


async def _centres(registration: Asking) -> list[Centre]:
    answer = await registration.get(Items[Centre], "/reference/centres")
    return sorted(answer.items, key=lambda centre: centre.name)


class Lists:
    """The lists of one portal process."""

    def __init__(self) -> None:
        self._occupations = Kept(_occupations)
        self._regions = Kept(_regions)
        self._centres = Kept(_centres)

    async def occupations(self, registration: Asking) -> Occupations:
        """The occupation menu."""
        return await self._occupations.get(registration)

    async def regions(self, registration: Asking) -> Regions:
        """The regions in use today."""
        return await self._regions.get(registration)

    async def centres(self, registration: Asking) -> list[Centre]:
        """The centres, by name."""
        return await self._centres.get(registration)
