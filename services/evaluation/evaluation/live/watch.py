"""Sees changes of the figures, whichever replica made them, and tells every listener at most four times a second."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from weakref import WeakKeyDictionary

from pydantic import BaseModel, Field

from evaluation.live.rules import Changes, changed_scopes, revision
from evaluation.live.store import changes_by_centre
from ieum.database import Database
from ieum.http import frame

SHORTEST_INTERVAL = 0.25
"""Seconds between two looks at the least, and so between two events of a stream."""

LONGEST_INTERVAL = 0.5
"""Seconds after which another replica's change is seen at the latest. This process's own changes wake the watch."""


class FiguresChanged(BaseModel):
    """The data of a `figures` event."""

    scopes: list[str] = Field(description="Scopes whose figures changed since the event before")


class Watch:
    """One look at the change counters for all listeners of a process. Without listeners it does not look."""

    def __init__(self) -> None:
        self._wake = asyncio.Event()
        self._listened = asyncio.Event()
        self._listeners = 0
        self._looked = asyncio.Event()
        self._moved = asyncio.Event()
        self._before: Mapping[str, Changes] = {}
        self._state: Mapping[str, Changes] = {}
        self._frame = b""

    def wake(self) -> None:
        """Figures were committed in this process: look now and not at the next poll."""
        self._wake.set()

    async def run(self, database: Database) -> None:
        """Worker: look for ever. What fails is not caught here: the worker is started anew, and nothing is missed,
        because whole states are compared.
        """
        while True:
            await self._listened.wait()
            # Cleared before looking: a commit during the look wakes the next one.
            self._wake.clear()
            async with database.reading() as tx:
                self._see(await changes_by_centre(tx))
            await asyncio.sleep(SHORTEST_INTERVAL)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LONGEST_INTERVAL - SHORTEST_INTERVAL):
                    await self._wake.wait()

    def _see(self, state: Mapping[str, Changes]) -> None:
        looked, self._looked = self._looked, asyncio.Event()
        looked.set()
        if state != self._state:
            self._before, self._state = self._state, state
            self._frame = _frame(self._before, state)
            moved, self._moved = self._moved, asyncio.Event()
            moved.set()

    async def frames(self, last_seen: int | None) -> AsyncIterator[bytes]:
        """Encoded events for one client, without end.

        `last_seen` is the revision that its page was made from, or the id of the last event it got. If it is not the
        present one, something was missed; the counters do not tell what, so every scope is named once.
        """
        self._listeners += 1
        self._listened.set()
        try:
            # What was seen before there were listeners may be old.
            await self._looked.wait()
            seen = self._state
            if last_seen is not None and last_seen != revision(seen):
                yield _frame({}, seen)
            while True:
                moved = self._moved
                if seen is self._state:
                    await moved.wait()
                    continue
                before, seen = seen, self._state
                # Nearly always everybody is at the same place, and gets the frame that was encoded once for all.
                yield self._frame if before is self._before else _frame(before, seen)
        finally:
            self._listeners -= 1
            if not self._listeners:
                self._listened.clear()


def _frame(before: Mapping[str, Changes], after: Mapping[str, Changes]) -> bytes:
    return frame(FiguresChanged(scopes=changed_scopes(before, after)), event="figures", id=revision(after))


_watches: WeakKeyDictionary[Database, Watch] = WeakKeyDictionary()


def watch_of(database: Database) -> Watch:
    """The one watch over a database in this process: handlers wake it after their commit, streams listen to it."""
    return _watches.setdefault(database, Watch())
