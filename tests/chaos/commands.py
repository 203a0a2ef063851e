"""A client's command: one request with an Idempotency-Key, sent to any process of the service until answered."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

from ..running.wire import Address, Reply, Unanswered, Wire
from .balance import Balance

Json = dict[str, Any]
Outcome = Literal["acknowledged", "refused", "unknown"]

_PAUSES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_STILL_IN_PROGRESS = "urn:ieum:problem:still-in-progress"
_ASK_AGAIN = 0.03
"""The share of acknowledged commands that are sent once more: they must get the same answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended. `problem` is the type of the problem that refused it."""

    outcome: Outcome
    status: int = 0
    body: Json = field(default_factory=dict)
    problem: str = ""

    @property
    def taken(self) -> bool:
        """Whether it was acknowledged."""
        return self.outcome == "acknowledged"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request and its answer, as it came. `status` is 0 where none came; `began` is loop time."""

    began: float
    seconds: float
    service: str
    status: int = 0
    problem: str = ""
    retry_after: str = ""


@dataclass(slots=True)
class Tally:
    """What became of the commands of a run, as their senders saw it."""

    commands: int = 0
    acknowledged: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    unknown: int = 0
    attempts: int = 0
    replays: int = 0
    other_answers: list[str] = field(default_factory=list)
    """Commands that got another answer when they were sent again after they had been acknowledged."""
    server_errors: Counter[str] = field(default_factory=Counter)
    """Answers of 500 and above by status and problem; 503 is the honest one while something is away."""
    last_acknowledged: float = 0.0


class Sender:
    """Sends commands. `addresses` gives the processes of a service that ought to run now."""

    def __init__(self, addresses: Callable[[str], Sequence[Address]], chance: random.Random) -> None:
        self._addresses = addresses
        self._chance = chance
        self._balance = Balance(chance)
        self._wire = Wire()
        self.tally = Tally()
        self.attempted: Callable[[Attempt], None] = lambda _: None
        """Told of each request of a command."""
        self.answered: Callable[[float, float], None] = lambda began, seconds: None
        """Told when a command has come to its end, with all its requests."""
        self.under_way: dict[str, float] = {}
        """When the commands began that have no answer yet."""
        self.deadline: float | None = None
        """Loop time after which nothing is tried any more: what has no answer then is unknown."""

    def close(self) -> None:
        """Drop all connections."""
        self._wire.close()

    async def command(
        self,
        service: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: Json | None = None,
        version: int = -1,
    ) -> Answer:
        """Send until acknowledged or refused. `version` goes into If-Match; -1 for none."""
        key = str(uuid4())
        sent = {**headers, "Idempotency-Key": key}
        if version >= 0:
            sent["If-Match"] = f'"{version}"'
        self.tally.commands += 1
        clock = asyncio.get_running_loop().time
        began = self.under_way[key] = clock()
        answer = await self._until_answered(service, method, path, sent, body)
        self.answered(began, clock() - self.under_way.pop(key))
        if answer.outcome == "acknowledged":
            self.tally.acknowledged += 1
            self.tally.last_acknowledged = clock()
            if self._chance.random() < _ASK_AGAIN:
                await self._ask_again(service, method, path, sent, body, answer)
        elif answer.outcome == "refused":
            self.tally.refused[f"{answer.status} {answer.problem.rpartition(':')[2]}"] += 1
        else:
            self.tally.unknown += 1
        return answer

    async def look(self, service: str, path: str, headers: Mapping[str, str], **query: Any) -> Json | None:
        """What a GET answers, from any process; None when there is no answer."""
        for _ in range(3):
            try:
                answer = await self._ask(service, "GET", path, headers, **query)
            except Unanswered:
                continue
            if answer.status == 200:
                found: Json = answer.json()
                return found
        return None

    async def _ask(
        self, service: str, method: str, path: str, headers: Mapping[str, str], body: Json | None = None, **query: Any
    ) -> Reply:
        """One request to one of the service's processes. Raises Unanswered."""
        clock = asyncio.get_running_loop().time
        address = self._balance.choose(self._addresses(service), clock())
        try:
            answer = await self._wire.request(address, method, path, headers, body, **query)
        except Unanswered:
            self._balance.failed(address, clock())
            raise
        finally:
            self._balance.done(address)
        if answer.status >= 500:
            self._balance.failed(address, clock())
        return answer

    async def _until_answered(
        self, service: str, method: str, path: str, headers: Mapping[str, str], body: Json | None
    ) -> Answer:
        clock = asyncio.get_running_loop().time
        failures = 0
        while self.deadline is None or clock() < self.deadline:
            self.tally.attempts += 1
            began = clock()
            try:
                answer = await self._ask(service, method, path, headers, body)
            except Unanswered:
                self.attempted(Attempt(began, clock() - began, service))
            else:
                problem = _problem(answer)
                self.attempted(Attempt(began, clock() - began, service, answer.status, problem, answer.retry_after))
                if found := self._final(answer, problem):
                    return found
            failures += 1
            await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES)) - 1] * self._chance.uniform(0.5, 1.0))
        return Answer("unknown")

    def _final(self, answer: Reply, problem: str) -> Answer | None:
        """The answer, or None for one that says to come again."""
        if 200 <= answer.status < 300:
            return Answer("acknowledged", answer.status, answer.json() if answer.content else {})
        if answer.status >= 500:
            self.tally.server_errors[f"{answer.status} {problem.rpartition(':')[2]}"] += 1
            return None
        if problem == _STILL_IN_PROGRESS or answer.status in (408, 425, 429):
            return None
        return Answer("refused", answer.status, {}, problem)

    async def _ask_again(
        self, service: str, method: str, path: str, headers: Mapping[str, str], body: Json | None, first: Answer
    ) -> None:
        again = await self._until_answered(service, method, path, headers, body)
        if again.outcome == "unknown":
            return
        self.tally.replays += 1
        if (again.status, again.body) != (first.status, first.body):
            self.tally.other_answers.append(f"{method} {path}: {first.status}, then {again.status} {again.problem}")


def _problem(answer: Reply) -> str:
    """The type of the problem that an answer tells; empty for one that tells none because all went well."""
    if 200 <= answer.status < 300:
        return ""
    try:
        return str(answer.json().get("type", ""))
    except (ValueError, AttributeError):
        return "no problem document"
