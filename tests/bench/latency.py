"""From an employer's click to a jobseeker's screen: POST /vacancies until the frame is in the client."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from ieum.testing import NeverHappened, eventually

from ..running.listener import Listener
from ..running.system import System
from ..running.town import Town
from .floor import Floor
from .results import Result, machine, spread, times
from .services import processor_seconds

_EACH = 10  # a jobseeker is told of the best ten: every vacancy for a job is one of them
_PATIENCE = 30.0  # seconds until a frame counts as lost
_KILLED_OVER = 60  # vacancies at most, where only the oracle looks


@dataclass
class _Sent:
    began: float
    answered: float


async def measure(system: System, count: int, rate: float, rounds: int, say: Callable[[str], None]) -> Result:
    """Post `count` vacancies a round, `rate` a second, and a pass of the floor between every two.

    In a last round, which only the oracle looks at, matching is killed in the middle.
    """
    load = machine()
    before, after, floors, faults = list[float](), list[float](), list[float](), list[str]()
    processor = list[float]()
    taken: set[str] = set()
    async with Floor(system) as floor:
        for number in range(rounds):
            say(f"latency: round {number + 1} of {rounds}, {count} vacancies at {rate:g} a second")
            town = await Town.founded(system, taken)
            used = processor_seconds(system)
            sent, listeners, passes = await _round(system, town, floor, count, 1 / rate)
            processor.append((processor_seconds(system) - used) / count * 1e6)
            floors += passes
            shown, fault = _shown(sent, listeners)
            faults += fault
            before += [(at - sent[key].began) * 1_000 for key, at in shown.items() if key in sent]
            after += [(at - sent[key].answered) * 1_000 for key, at in shown.items() if key in sent]
        say("latency: kill -9 in the middle, matching")
        town = await Town.founded(system, taken)
        few = min(count, _KILLED_OVER)
        sent, listeners, _ = await _round(system, town, floor, few, 1 / rate, crash="matching")
        faults += [f"killed: {fault}" for fault in _shown(sent, listeners)[1]]
    return Result(
        unit="ms",
        rounds=rounds,
        ours=times(before),
        more={"from the 201": times(after)},
        ceiling={"bare hops": times(floors)},
        peers={
            "the same services in tutorial style": "not run: not written",
            "Debezium with Kafka Streams": "not run: not written",
        },
        oracle=f"failed: {'; '.join(faults)}" if faults else "passed",
        machine=load,
        processor={"all services together": spread(processor)},
    )


def _shown(sent: dict[str, _Sent], listeners: list[Listener]) -> tuple[dict[str, float], list[str]]:
    """When each vacancy was on a screen, and what is wrong with that."""
    frames = [frame for listener in listeners for frame in listener.frames if frame.kind == "match_proposed"]
    shown = {frame.data["params"]["vacancy_id"]: frame.at for frame in frames}
    wrong = len(frames) != len(sent) or shown.keys() != sent.keys()
    return shown, [f"{len(sent)} accepted, {len(shown)} shown in {len(frames)} frames"] if wrong else []


async def _round(
    system: System, town: Town, floor: Floor, count: int, pause: float, crash: str | None = None
) -> tuple[dict[str, _Sent], list[Listener], list[float]]:
    employer = await town.employer()
    operator = system.headers("operator", "bench")
    occupations = (await system.get("registration", "/reference/occupations", operator))["items"]
    *jobs, nobodys = [entry["code"] for entry in occupations if len(entry["code"]) == 6][: -(-count // _EACH) + 1]
    sent: dict[str, _Sent] = {}
    floors: list[float] = []
    async with contextlib.AsyncExitStack() as streams:
        people = [await town.jobseeker(job=job) for job in jobs]
        listeners = [await streams.enter_async_context(town.listen(person)) for person in people]
        # One vacancy that nobody looks for goes first: connections and caches are there afterwards.
        await town.open_vacancy(employer, occupation_code=nobodys)
        due = time.perf_counter()
        for number in range(count):
            if crash and number == count // 2:
                system.crash(crash)
            due += pause
            await asyncio.sleep(max(0.0, due - pause / 2 - time.perf_counter()))
            floors.append(await floor.measure())
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            began = time.perf_counter()
            vacancy_id = await town.open_vacancy(employer, occupation_code=jobs[number % len(jobs)])
            sent[vacancy_id] = _Sent(began, time.perf_counter())
        with contextlib.suppress(NeverHappened):  # what is missing then is counted as lost
            await eventually(
                "every frame", lambda: sum(len(each.frames) for each in listeners) >= count, within=_PATIENCE
            )
    return sent, listeners, floors
