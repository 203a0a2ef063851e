"""
How looks are chained; pure.

Each look carries a MAC (HMAC-SHA256) over its own fields and the MAC of the look before. The key is derived from
DATA_KEY and is not in the database, so nobody who can only write to the database can change, add, drop or reorder a
look, or cut off the newest, without its showing. Who holds both the key and the database is bound by the monthly
review: `verify-looks` prints the chain's end, to be noted outside.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

KEEP: Final = timedelta(days=731)
"""Two whole years, leap days included: the standard for access records of personal data (안전성 확보조치 기준)."""

EMPTY: Final = b""
"""The MAC before the first look."""


@dataclass(frozen=True, slots=True)
class Look:
    """Who looked (`viewer_id`, as what role), when, from where, at whose record, at what of it, and what for."""

    looked_at: datetime
    viewer_id: str
    viewer_role: str
    came_from: str
    person_id: str | None
    seen: str
    purpose: str


@dataclass(frozen=True, slots=True)
class ChainedLook:
    """A look with its number, counted from 1 without gaps, and its MAC."""

    look_no: int
    look: Look
    mac: bytes


@dataclass(frozen=True, slots=True)
class Ends:
    """Where the chain begins (the newest look erased by age) and ends, with a MAC over both."""

    erased_no: int
    erased_mac: bytes
    last_no: int
    last_mac: bytes
    mac: bytes


def chain(look: Look, number: int, before: bytes, key: bytes) -> ChainedLook:
    """The look as number `number`, after the look whose MAC is `before`."""
    fields: list[int | str | None] = [
        number,
        look.looked_at.astimezone(UTC).isoformat(timespec="microseconds"),
        look.viewer_id,
        look.viewer_role,
        look.came_from,
        look.person_id,
        look.seen,
        look.purpose,
    ]
    return ChainedLook(number, look, _mac(key, "look", [before.hex(), *fields]))


def ends(erased_no: int, erased_mac: bytes, last_no: int, last_mac: bytes, key: bytes) -> Ends:
    """The ends of the chain under their own MAC."""
    mac = _mac(key, "ends", [erased_no, erased_mac.hex(), last_no, last_mac.hex()])
    return Ends(erased_no, erased_mac, last_no, last_mac, mac)


class Check:
    """Checks a chain look by look, in the order of their numbers, holding only the last."""

    def __init__(self, found: Ends | None, key: bytes) -> None:
        """Begin at the ends as found; None when the database knows of no chain."""
        self._ends = found
        self._key = key
        self._number = found.erased_no if found else 0
        self._before = found.erased_mac if found else EMPTY
        self._broken: str | None = None

    def take(self, chained: ChainedLook) -> None:
        """Check the next look. After the first fault the looks say nothing more: all that follows hangs on it."""
        if self._broken:
            return
        self._number += 1
        if self._ends is None:
            self._broken = "looks without a chain"
        elif chained.look_no != self._number:
            self._broken = f"look {self._number} is missing"
        elif not hmac.compare_digest(chain(chained.look, self._number, self._before, self._key).mac, chained.mac):
            self._broken = f"look {self._number} was changed"
        self._before = chained.mac

    def faults(self) -> list[str]:
        """What is wrong, in words, once every look was taken; empty for a whole chain."""
        told = [self._broken] if self._broken else []
        if self._ends is None:
            return told
        if not hmac.compare_digest(ends(*_numbers(self._ends), self._key).mac, self._ends.mac):
            told.append("the ends of the chain were changed")
        if self._broken:
            return told
        if self._number < self._ends.last_no:
            told.append(f"looks {self._number + 1} to {self._ends.last_no} are missing")
        elif self._number > self._ends.last_no or self._before != self._ends.last_mac:
            told.append(f"looks after {self._ends.last_no} are not the chain's")
        return told


def _numbers(found: Ends) -> tuple[int, bytes, int, bytes]:
    return found.erased_no, found.erased_mac, found.last_no, found.last_mac


def _mac(key: bytes, kind: str, fields: list[int | str | None]) -> bytes:
    text = json.dumps([kind, *fields], ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(key, text.encode(), hashlib.sha256)
