"""What an aggregate's mark says of each record that comes, decided before anything is written: pure.

The mark is a version V and a state. `flowing`: everything up to V has been applied, and nothing is parked. `gap`: the
same, but holes are parked, beyond versions that never came. `held`: the first that is parked is bad, or waits for its
release after a skip, those behind it up to V wait, and everything before it has been applied; holes may be parked
beyond V.

| version that comes | flowing                     | gap                               | held                       |
|--------------------|-----------------------------|-----------------------------------|----------------------------|
| up to V            | a repeat: left out          | a repeat                          | a repeat                   |
| V + 1              | applied, V moves            | applied, V moves; what is parked  | parked as waiting, V moves |
|                    |                             | is decided upon once more         |                            |
| V + 1, bad         | parked as bad, V moves: held| parked as bad, V moves: held      | parked as waiting, V moves |
| beyond             | parked as a hole: gap       | parked as a hole                  | parked as a hole           |

A hole whose version is parked again as bad or waiting becomes that. What is parked is decided upon once more, when a
gap closes or an operator releases, as if it came to an aggregate that flows: from V, and where it is held from just
before its first. A skip leaves out the first that is parked or, where versions are missing before it, gives those up;
it moves V up to what it leaves out, never back. A rebuild forgets all of it.
"""

from dataclasses import dataclass, field

from ieum.messaging.records import Incoming, Key, Mark, Parked

_NEVER_HEARD = Mark()


@dataclass(slots=True)
class Plan:
    """What one transaction will do with its records.

    `filled`: for each aggregate with a gap that something was applied to, the last version of it.
    """

    fresh: list[Incoming] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    marks: dict[Key, Mark] = field(default_factory=dict)
    filled: dict[Key, int] = field(default_factory=dict)
    repeated: int = 0


def decide(items: list[Incoming], known: dict[Key, Mark], attempts: int = 1) -> Plan:
    """Sort records by what the marks say of their aggregate: repeat, fresh, bad, waiting, or behind a hole."""
    plan = Plan()
    marks = dict(known)
    for item in items:
        key = item.key
        if item.envelope is None or key is None:
            plan.parked.append(Parked(item, "unreadable", item.problem or "no envelope"))
            continue
        mark, version = marks.get(key, _NEVER_HEARD), item.envelope.aggregate_version
        if version <= mark.version:
            plan.repeated += 1
            continue
        if version > mark.version + 1:
            reason = f"version {version} came, {mark.version + 1} was expected"
            plan.parked.append(Parked(item, "hole", reason))
            moved = Mark(mark.version, "held" if mark.state == "held" else "gap")
        elif mark.state == "held":
            plan.parked.append(Parked(item, "waiting", "an earlier event of this aggregate is parked"))
            moved = Mark(version, "held")
        elif item.problem is not None:
            plan.parked.append(Parked(item, "bad", item.problem, attempts))
            moved = Mark(version, "held")
        else:
            plan.fresh.append(item)
            if mark.state == "gap":
                plan.filled[key] = version
            moved = Mark(version, mark.state)
        marks[key] = plan.marks[key] = moved
    return plan
