"""Keep the looks: verify the chain, and erase what is older than the law asks for."""

import argparse
import asyncio
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from prometheus_client import Counter

from ieum.database import Database
from ieum.service import Service
from ieum.telemetry import log
from registration.record_looks import store
from registration.record_looks.rules import KEEP, Check, Ends

ERASED = Counter("registration_record_looks_erased_total", "Looks erased because two years had passed")
_EVERY_SECONDS: Final = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the chain found: its ends and its faults, none when it is whole."""

    ends: Ends | None
    faults: list[str]


async def verify_looks(database: Database, key: bytes) -> Verdict:
    """Check every look against the chain, in one snapshot."""
    async with database.reading() as tx:
        found = await store.find_ends(tx)
        check = Check(found, key)
        async for look in store.all_looks(tx):
            check.take(look)
    return Verdict(found, check.faults())


async def erase_old_looks(database: Database, key: bytes, now: datetime) -> int:
    """Erase what two years have passed over, in short transactions; returns how many."""
    erased = 0
    while True:
        async with database.transaction() as tx:
            count = await store.erase_looks(tx, now - KEEP, key)
        erased += count
        if not count:
            return erased


async def erase_daily(service: Service) -> None:
    """Worker: erase old looks once a day."""
    key = service.http.state.sealing.look_key
    while True:
        erased = await erase_old_looks(service.database, key, datetime.now(UTC))
        if erased:
            ERASED.inc(erased)
            log.info("record_looks_erased", count=erased)
        await asyncio.sleep(_EVERY_SECONDS)


async def verify(service: Service, _: argparse.Namespace) -> int:
    """
    Command: check the chain, print its end and its faults; 1 when there are any.

    The end is for noting outside the system: whoever held the database and DATA_KEY could write a whole new chain, but
    not one that passes through the end noted at the last review.
    """
    verdict = await verify_looks(service.database, service.http.state.sealing.look_key)
    if verdict.ends is None:
        sys.stdout.write("no looks yet\n")
    else:
        ends = verdict.ends
        sys.stdout.write(f"looks {ends.erased_no + 1} to {ends.last_no}; end {ends.last_mac.hex()}\n")
    for fault in verdict.faults:
        sys.stdout.write(f"FAULT: {fault}\n")
    return 1 if verdict.faults else 0
