"""Which process of a service a request goes to: what any load balancer in front of two does."""

import random
from collections import Counter
from collections.abc import Sequence

from ..running.wire import Address

_SHUNNED_SECONDS = 1.0


class Balance:
    """The process with the fewest requests in hand, by chance among equals.

    So a frozen process holds a few clients and not all of them. One that has just failed is left alone for a second
    where there is another, since a process that refuses at once seems to have nothing to do.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._in_hand: Counter[Address] = Counter()
        self._failed_at: dict[Address, float] = {}

    def choose(self, addresses: Sequence[Address], now: float) -> Address:
        """Take one for a request; `done` or `failed` says how it went."""
        well = [one for one in addresses if now - self._failed_at.get(one, -_SHUNNED_SECONDS) >= _SHUNNED_SECONDS]
        among = well or addresses
        fewest = min(self._in_hand[one] for one in among)
        address = self._chance.choice([one for one in among if self._in_hand[one] == fewest])
        self._in_hand[address] += 1
        return address

    def done(self, address: Address) -> None:
        """It has answered, or nobody waits any more."""
        self._in_hand[address] -= 1

    def failed(self, address: Address, now: float) -> None:
        """It has not answered, or said that it cannot work now."""
        self._failed_at[address] = now
