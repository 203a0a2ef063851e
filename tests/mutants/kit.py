"""The parts of the delivery kit that a mutant may replace. Whatever it leaves alone is the sound part."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ieum.messaging.consumers import Consumer
from ieum.messaging.inbox import Inbox
from ieum.messaging.parking import Parking
from ieum.messaging.provision import provision
from ieum.messaging.records import Key
from ieum.messaging.relay import Relay

if TYPE_CHECKING:
    from .bank import Bank


async def deposit(bank: Bank, account: str, amount: int) -> None:
    """A command as every service writes it: state and event in one transaction."""
    async with bank.teller.transaction() as tx:
        await bank.deposit_in(tx, account, amount)
        await bank.step()
    await bank.step()


async def release(bank: Bank, key: Key) -> None:
    """What an operator's release does in the service."""
    reaction = bank.reaction()
    await Parking(bank.ledger, [reaction]).release(reaction.consumer, *key, by="operator", reason="mended")


Deposit = Callable[["Bank", str, int], Awaitable[None]]
Scenario = Callable[["Bank"], Awaitable[None]]


@dataclass(frozen=True)
class Kit:
    """What a scenario runs with. `patched` is open around the whole scenario: for functions and SQL of modules.

    `patience`: seconds to wait for what a bug may keep from ever happening.
    """

    relay: type[Relay] = Relay
    inbox: type[Inbox] = Inbox
    consumer: type[Consumer] = Consumer
    deposit: Deposit = deposit
    release: Callable[[Bank, Key], Awaitable[None]] = release
    provision: Callable[..., Awaitable[Any]] = provision
    patched: Callable[[], AbstractContextManager[Any]] = nullcontext
    patience: float = 30


SOUND = Kit()


@dataclass(frozen=True)
class Mutant:
    """A deliberate bug: the rows of the README's table it stands for, the scenario that gives it its chance, and the
    kinds of finding by which it is known. `harmless` says why a mutant without kinds cannot be seen."""

    name: str
    rows: str
    scenario: Scenario
    kit: Kit
    kinds: frozenset[str]
    harmless: str = ""
