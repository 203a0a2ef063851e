"""Fans new messages out to the open streams of this replica: every stream shows each number once, in order, none left
out, whoever commits it and wherever.

Why a cursor per recipient is safe here, although a cursor over a table usually loses rows that commit late: a number is
drawn while the recipient's row is locked until commit (`messages.store.lock_recipients`), so n + 1 cannot become
visible before n. Whoever has read up to n has missed nothing below, and n + 1 is either there or not drawn yet.
"""

import asyncio
import contextlib
import time
from collections import Counter as Counted
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime

from prometheus_client import Counter

from ieum.database import Transaction
from ieum.http import Problem, frame
from notifications.messages.metrics import EVENT_TO_SENT
from notifications.messages.store import Message, last_seq, messages_after
from notifications.messages.texts import Texts
from notifications.messages.views import view_of

FRAMES = Counter(
    "notifications_live_frames_total", "Frames handed to open streams, by where they came from", ["source"]
)

# What one stream may hold unsent. Beyond it the stream forgets them and reads on from the table when its client does.
BUFFERED = 32
# How much of one recipient is read at once when catching up, and of how many recipients when fanning out: enough to
# spare round trips, few enough that encoding them does not hold up everybody else.
PAGE = 100
TOGETHER = 200


# Of one recipient on one replica: tabs of a person, or colleagues of one employer.
MOST_STREAMS = 64

Reading = Callable[[], AbstractAsyncContextManager[Transaction]]


class TooManyStreams(Problem):
    """Too many streams are open for you already. Close some and try again."""

    status = 429
    ko = "이미 열려 있는 실시간 연결이 너무 많습니다. 일부를 닫고 다시 시도해 주세요."


class Stream:
    """One open connection. Holds a position and at most BUFFERED frames, which all streams of a recipient share."""

    __slots__ = ("_behind", "_buffer", "_hub", "_newest", "_news", "_position", "_read", "recipient_id")

    def __init__(self, hub: "Hub", read: Reading, recipient_id: str, position: int, newest: int) -> None:
        self._hub = hub
        self._read = read
        self.recipient_id = recipient_id
        self._position = position
        self._newest = newest
        # A list, because it is nearly always empty and an empty deque takes 600 bytes of every connection.
        self._buffer: list[tuple[int, bytes]] = []
        self._behind = False
        self._news = asyncio.Event()

    def push(self, seq: int, encoded: bytes) -> None:
        """News from the hub; an empty frame only moves the position."""
        if len(self._buffer) < BUFFERED:
            self._buffer.append((seq, encoded))
        else:
            self._buffer = []
            self._behind = True
        self._news.set()

    async def frames(self) -> AsyncIterator[bytes]:
        """Everything after the position, first from the table, then as it comes. For ever."""
        # Up to the head there is something to read; beyond it the hub pushes. Whoever is at the head reads nothing.
        self._behind = self._position < self._hub.join(self, self._newest)
        try:
            while True:
                chunk = await self._catch_up() if self._behind else b""
                if not self._behind:
                    chunk += self._drain()
                if chunk:
                    yield chunk
                elif not self._behind:
                    # Nothing was awaited since the buffer was found empty, so no news is wiped out here.
                    self._news.clear()
                    await self._news.wait()
        finally:
            self._hub.leave(self)

    def _drain(self) -> bytes:
        buffered, self._buffer = self._buffer, []
        chunk = bytearray()
        for seq, encoded in buffered:
            if seq <= self._position:
                continue
            if seq > self._position + 1:
                # Numbers have no gaps: the ones between were dropped when the buffer was full.
                self._behind = True
                break
            self._position = seq
            chunk += encoded
        return bytes(chunk)

    async def _catch_up(self) -> bytes:
        # Set before reading: what is pushed meanwhile stays in the buffer, and what is in both is known by its number.
        self._behind = False
        async with self._read() as tx:
            found = await messages_after(tx, {self.recipient_id: self._position}, PAGE)
        if found:
            self._position = found[-1].seq
            FRAMES.labels("table").inc(len(found))
        if len(found) == PAGE:
            self._behind = True
        return b"".join(self._hub.encode(message) for message in found)


class _Watched:
    __slots__ = ("head", "streams")

    def __init__(self, head: int) -> None:
        self.head = head
        self.streams: set[Stream] = set()


class Hub:
    """The open streams of this replica, by recipient. One query serves all recipients that have news."""

    def __init__(self, texts: Texts, poll: float = 0.25) -> None:
        """`poll`: seconds until news that another replica committed is noticed; our own commits wake us at once."""
        self._texts = texts
        self._poll = poll
        self._watched: dict[str, _Watched] = {}
        self._woken: set[str] = set()
        self._wake = asyncio.Event()

    async def open(self, read: Reading, recipient_id: str, after: int | None) -> Stream:
        """A stream of what comes after number `after`; None: after what is there now.

        A number beyond the newest counts as the newest: it comes from a history that was restored to an earlier day,
        and waiting for it would hide what happens until then.
        """
        if self.count(recipient_id) >= MOST_STREAMS:
            raise TooManyStreams
        async with read() as tx:
            newest = await last_seq(tx, recipient_id)
        return Stream(self, read, recipient_id, newest if after is None else min(after, newest), newest)

    def join(self, stream: Stream, newest: int) -> int:
        """Push to this stream everything beyond the number returned. `newest` is one that the table has."""
        watched = self._watched.setdefault(stream.recipient_id, _Watched(newest))
        watched.streams.add(stream)
        return watched.head

    def leave(self, stream: Stream) -> None:
        """Forget a stream that has ended."""
        watched = self._watched.get(stream.recipient_id)
        if watched is None:
            return
        watched.streams.discard(stream)
        if not watched.streams:
            del self._watched[stream.recipient_id]

    def count(self, recipient_id: str) -> int:
        """How many streams this recipient has open here."""
        watched = self._watched.get(recipient_id)
        return len(watched.streams) if watched else 0

    def wake(self, recipient_ids: Collection[str]) -> None:
        """These recipients have news: for after the commit that brought it."""
        news = self._watched.keys() & set(recipient_ids)
        if news:
            self._woken |= news
            self._wake.set()

    async def run(self, read: Reading) -> None:
        """Fan out for ever: to the recipients that were woken at once, to all of them at every poll."""
        next_poll = time.monotonic()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, next_poll - time.monotonic())):
                    await self._wake.wait()
            self._wake.clear()
            woken, self._woken = self._woken, set()
            if time.monotonic() >= next_poll:
                next_poll = time.monotonic() + self._poll
                woken = set(self._watched)
            todo = list(woken)
            while todo:
                batch, todo = todo[:TOGETHER], todo[TOGETHER:]
                todo += await self._fan_out(read, batch)

    async def _fan_out(self, read: Reading, recipient_ids: Sequence[str]) -> list[str]:
        """Push the news of these recipients; returns those that may have more."""
        after = {
            recipient_id: watched.head
            for recipient_id in recipient_ids
            if (watched := self._watched.get(recipient_id)) is not None
        }
        async with read() as tx:
            found = await messages_after(tx, after, BUFFERED)
        counts: Counted[str] = Counted()
        for message in found:
            watched = self._watched.get(message.recipient_id)
            counts[message.recipient_id] += 1
            if watched is None or message.seq <= watched.head:
                continue
            watched.head = message.seq
            encoded = self.encode(message)
            for stream in watched.streams:
                stream.push(message.seq, encoded)
            if encoded:
                FRAMES.labels("push").inc(len(watched.streams))
                seconds = (datetime.now(UTC) - message.occurred_at).total_seconds()
                EVENT_TO_SENT.labels("live").observe(max(0.0, seconds))
        return [recipient_id for recipient_id, count in counts.items() if count == BUFFERED]

    def encode(self, message: Message) -> bytes:
        """The frame of a message; empty for one that the recipient did not want on the open page."""
        if not message.live:
            return b""
        return frame(view_of(message, self._texts), event=message.kind, id=message.seq)
