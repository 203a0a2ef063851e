"""Nobody has a process to themselves: of one tenant's requests only a few are at work at once, the next ones queue.

A tenant is whoever asks, or for whom: callers of one role with the same attributes (the people of one firm) are one,
a caller without attributes is one alone. What waits holds nothing that others need: no connection, no lock, no body.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from prometheus_client import Counter
from starlette.datastructures import Headers

from ieum.http.identity import Caller, verified
from ieum.http.problems import Problem, Unauthenticated

REFUSED = Counter("http_turns_refused_total", "Requests refused because their tenant had too many others in line")

AT_ONCE = 3
"""Requests of one tenant at work in one process. More would not be faster: a process has one thread of Python, and what
one request waits for in PostgreSQL another computes meanwhile. It is less than half of the connections, too."""
IN_LINE = 60
"""Requests of one tenant that may wait for that in one process."""
WAIT_SECONDS = 5.0

_LARGE_BODY = 64 * 1024
_MOST_TOKENS = 10_000


class TooMuchAtOnce(Problem):
    """You are asking for more at once than one caller may. Wait for answers and try again shortly."""

    status = 429
    ko = "동시에 보낼 수 있는 요청 수를 넘었습니다. 응답을 기다린 뒤 잠시 후 다시 시도해 주세요."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


@dataclass(slots=True)
class _Line:
    """One tenant's requests: `there` are those at work and those that wait."""

    free: asyncio.Semaphore
    there: int = field(default=0)


class Turns:
    """The lines of all tenants who have something under way in this process. `key` checks their tokens."""

    def __init__(
        self,
        key: str,
        at_once: int = AT_ONCE,
        in_line: int = IN_LINE,
        wait: float = WAIT_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._key = key
        self._at_once = at_once
        self._in_line = in_line
        self._wait = wait
        self._clock = clock
        self._lines: dict[str, _Line] = {}
        self._tenants: OrderedDict[str, tuple[str, float]] = OrderedDict()

    @asynccontextmanager
    async def taken(self, headers: Headers) -> AsyncIterator[Callable[[], None]]:
        """Wait for a turn; it ends with the block, or earlier when what is yielded is called. Raises TooMuchAtOnce.

        Who has no token that holds has no line: there is nothing for them behind the door but a refusal. Nor has a
        large body: it takes as long as its sender likes, and the sender's colleagues would wait for that.
        """
        tenant = None if _is_large(headers) else self._tenant(headers.get("authorization", ""))
        if tenant is None:
            yield lambda: None
            return
        line = self._lines.setdefault(tenant, _Line(asyncio.Semaphore(self._at_once)))
        if line.there >= self._at_once + self._in_line:
            REFUSED.inc()
            raise TooMuchAtOnce
        turn = _Turn(line)
        try:
            await turn.come(self._wait)
            yield turn.end
        finally:
            turn.end()
            # A stream may outlast its line, and meet the next one of the same tenant.
            if not line.there and self._lines.get(tenant) is line:
                del self._lines[tenant]

    def _tenant(self, authorization: str) -> str | None:
        """Whose line it is. Remembered by token, since checking one takes longer than all the rest here."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return None
        known = self._tenants.get(token)
        if known is None:
            try:
                caller, until = verified(self._key, token)
            except Unauthenticated:
                return None
            known = self._tenants[token] = tenant_of(caller), until
            if len(self._tenants) > _MOST_TOKENS:
                self._tenants.popitem(last=False)
        tenant, until = known
        if until < self._clock():
            self._tenants.pop(token, None)
            return None
        return tenant


class _Turn:
    """One request's place in its line, from now until `end`."""

    def __init__(self, line: _Line) -> None:
        self._line = line
        self._has_it = self._ended = False
        line.there += 1

    async def come(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._line.free.acquire()
        except TimeoutError:
            REFUSED.inc()
            raise TooMuchAtOnce from None
        self._has_it = True

    def end(self) -> None:
        if self._ended:
            return
        self._ended = True
        self._line.there -= 1
        if self._has_it:
            self._line.free.release()


def _is_large(headers: Headers) -> bool:
    length = headers.get("content-length", "0")
    return "transfer-encoding" in headers or not length.isdigit() or int(length) > _LARGE_BODY


def tenant_of(caller: Caller) -> str:
    """For whom somebody acts: their role and its attributes, or they themselves."""
    acting = ",".join(f"{name}={value}" for name, value in sorted(caller.attributes.items()))
    return f"{caller.role}:{acting or caller.person_id}"
