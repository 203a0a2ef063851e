"""Which faults happen when: a pure function of the seed and the length, so that a failing run can be run again."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

SERVICES: Final = ("registration", "matching", "evaluation", "notifications")
PROCESSES: Final = 2
"""Of each service, at all times; a `member` is a further one."""
BROKERS: Final = 3

FAILPOINTS: Final[Mapping[str, tuple[str, ...]]] = {
    "relay-half-sent": ("registration", "matching"),
    "relay-sent": ("registration", "matching"),
    "inbox-handled": SERVICES,
    "inbox-committed": SERVICES,
    "answer-stored": ("registration", "matching", "notifications"),
    "answer-committed": ("registration", "matching", "notifications"),
}
"""Where a process kills itself (see failpoints.py), and the services that come by there all the time."""

_GAP: Final = (2.0, 6.0)
"""Seconds between the beginnings of two faults: 15 a minute on average."""
_CALM: Final = 3.0
"""Seconds at the beginning without a fault, so that there is traffic to disturb."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault. `lasts`: from, to in seconds; `rest`: how long its target is left alone by this kind's group.

    Kinds of one `group` that meet the same target never overlap there; those of an `alone` group never overlap at all.
    """

    name: str
    weight: int
    targets: tuple[str, ...]
    lasts: tuple[float, float] = (0.0, 0.0)
    details: tuple[str, ...] = ("",)
    group: str = "process"
    rest: float = 4.0
    alone: bool = False


_MEMBERS: Final = tuple(f"{service}-{n}" for service in SERVICES for n in range(1, PROCESSES + 1))
_BROKERS: Final = tuple(f"broker-{n}" for n in range(1, BROKERS + 1))
_LINKS: Final = (*(f"postgres:{member}" for member in _MEMBERS), *(f"kafka:{broker}" for broker in _BROKERS))

# A further kind (clocks that go wrong, full disks) is a line here and a way to do it in faults.py.
KINDS: Final = (
    Kind("kill", 26, _MEMBERS),
    # Armed for so long: somebody comes by much earlier.
    Kind("failpoint", 24, SERVICES, (6.0, 6.0), tuple(FAILPOINTS), group="failpoint", rest=2.0),
    # Longer than the relay's lease and, at times, than a broker waits for a consumer's heartbeat.
    Kind("freeze", 12, _MEMBERS, (4.0, 12.0)),
    Kind("broker-kill", 6, _BROKERS, (1.0, 6.0), group="broker", rest=10.0, alone=True),
    Kind("broker-freeze", 3, _BROKERS, (2.0, 6.0), group="broker", rest=10.0, alone=True),
    Kind("postgres-crash", 5, ("postgres",), (0.2, 3.0), group="postgres", rest=10.0, alone=True),
    Kind("member", 8, SERVICES, (6.0, 15.0), ("leaves", "dies"), group="member", rest=2.0),
    Kind("stall", 9, _LINKS, (2.0, 8.0), ("to", "from"), group="link"),
    Kind("slow", 6, _LINKS, (3.0, 8.0), ("20", "60", "150"), group="link"),
    Kind("cut", 7, _LINKS, (0.2, 4.0), group="link"),
)
_BY_NAME: Final = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what happens to whom, `at` seconds from the beginning, for how long. `detail` depends on the kind.

    failpoint: its name. member: how it goes. stall: the direction that stops. slow: milliseconds each way.
    """

    number: int
    at: float
    kind: str
    target: str
    lasts: float
    detail: str

    @property
    def until(self) -> float:
        """When it is over."""
        return self.at + self.lasts


def schedule(seed: int, seconds: float) -> list[Fault]:
    """The faults of a run, in the order of their beginnings; all are over when the run is.

    Every kind comes once before any comes twice, so that a short run knows as many kinds as fit.
    """
    chance = random.Random(f"chaos {seed}")
    first = list(KINDS)
    chance.shuffle(first)
    faults: list[Fault] = []
    at = _CALM
    while at < seconds:
        for kind in _order(chance, first):
            fault = _place(chance, kind, len(faults) + 1, at, seconds, faults)
            if fault is not None:
                faults.append(fault)
                if kind in first:
                    first.remove(kind)
                break
        at = round(at + chance.uniform(*_GAP), 2)
    return faults


def _order(chance: random.Random, first: Sequence[Kind]) -> list[Kind]:
    """Kinds in the order in which they are tried: those that have not been, then the others by weight."""
    others = [kind for kind in KINDS if kind not in first]
    drawn = sorted(others, key=lambda kind: chance.random() ** (1 / kind.weight), reverse=True)
    return [*first, *drawn]


def _place(
    chance: random.Random, kind: Kind, number: int, at: float, seconds: float, before: Sequence[Fault]
) -> Fault | None:
    """A fault of this kind beginning now, or None when it has no target that is free or no time left."""
    lasts = round(chance.uniform(*kind.lasts), 2)
    detail = chance.choice(kind.details)
    targets = FAILPOINTS[detail] if kind.name == "failpoint" else kind.targets
    free = [target for target in targets if not _is_busy(kind, target, at, before)]
    if not free or at + lasts > seconds:
        return None
    return Fault(number, at, kind.name, chance.choice(free), lasts, detail)


def _is_busy(kind: Kind, target: str, at: float, before: Sequence[Fault]) -> bool:
    return any(
        other.until + _BY_NAME[other.kind].rest > at and (kind.alone or other.target == target)
        for other in before
        if _BY_NAME[other.kind].group == kind.group
    )
