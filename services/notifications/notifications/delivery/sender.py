"""The worker that sends letters. Whatever stops it and wherever, a letter is handed over at most once."""

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from ieum.database import Database
from ieum.database.failures import is_away
from ieum.telemetry import log
from notifications.delivery import store
from notifications.delivery.contacts import Contact, Contacts, NoContact
from notifications.delivery.letters import LetterWriter
from notifications.delivery.metrics import DELIVERIES, OLDEST_DUE
from notifications.delivery.ports import Letter, OtherSideAway, Outcome, Provider, Refused, Unsure
from notifications.delivery.rules import Pace, Verdict, after_query, after_sending
from notifications.delivery.store import Claim, LetterMessage
from notifications.messages.kinds import Channel
from notifications.messages.metrics import EVENT_TO_SENT
from notifications.preferences.rules import not_before


@dataclass(frozen=True, slots=True)
class SenderLimits:
    """How much at once, and how long a claim lasts.

    `lease` must outlast a question for the contact, `sending` a conversation with the provider: then an expired
    lease means that its holder is gone or frozen. `poll`, `rest` (after finding the other side away) and `drain` (what
    conversations under way get to end in when the worker is stopped, within the kit's STOP_SECONDS) are seconds.
    """

    lanes: int = 8
    poll: float = 1.0
    lease: timedelta = timedelta(seconds=60)
    sending: timedelta = timedelta(minutes=3)
    rest: float = 5.0
    drain: float = 4.0


class Sender:
    """Sends what is due on the channels that have a provider. Any number may run, in any number of processes."""

    def __init__(
        self,
        database: Database,
        providers: Mapping[Channel, Provider],
        contacts: Contacts,
        writer: LetterWriter,
        pace: Pace,
        limits: SenderLimits,
        woken: asyncio.Event,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`woken` is set after a commit that made a letter: it is looked for at once and not at the next poll."""
        self._database = database
        self._providers = providers
        self._contacts = contacts
        self._writer = writer
        self._pace = pace
        self._limits = limits
        self._chance = chance
        self._woken = woken
        self._measured = float("-inf")

    async def run(self) -> None:
        """Send for ever.

        When cancelled, take nothing new and let the conversations under way end: cutting one off would leave its letter
        unknown.
        """
        underway: set[asyncio.Task[bool]] = set()
        try:
            while True:
                self._woken.clear()
                free = self._limits.lanes - len(underway)
                claims = await self._claim(free) if free else []
                underway |= {asyncio.create_task(self._handle(*claim)) for claim in claims}
                if claims and len(claims) == free:
                    continue
                done = await self._something_happens(underway)
                underway -= done
                # Every result is looked at, so that no failure of one is passed over for another's.
                if False in [task.result() for task in done]:
                    # The other side is away. The letters wait; trying each of them would only add to its load.
                    await asyncio.sleep(self._limits.rest * (0.5 + self._chance()))
        finally:
            if underway:
                await asyncio.wait(underway, timeout=self._limits.drain)

    async def _something_happens(self, underway: set[asyncio.Task[bool]]) -> set[asyncio.Task[bool]]:
        """Wait for a letter's end, a wake-up or the next poll, and return the letters that came to their end."""
        woken = asyncio.create_task(self._woken.wait())
        try:
            await asyncio.wait({woken, *underway}, timeout=self._limits.poll, return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()
        return {task for task in underway if task.done()}

    async def _claim(self, limit: int) -> list[tuple[Claim, list[LetterMessage]]]:
        async with self._database.transaction() as tx:
            claims = await store.claim_due(tx, list(self._providers), limit, uuid4(), self._limits.lease)
            letters = await store.letter_messages(tx, [claim.delivery_id for claim in claims]) if claims else {}
            if time.monotonic() - self._measured > 5:
                self._measured = time.monotonic()
                late = await store.oldest_due(tx)
                for channel in self._providers:
                    OLDEST_DUE.labels(channel).set(late.get(channel, 0.0))
        return [(claim, letters[claim.delivery_id]) for claim in claims]

    async def _handle(self, claim: Claim, messages: list[LetterMessage]) -> bool:
        """Bring one claimed letter forward. False when the other side is away, so that trying more is no use now."""
        if claim.state == "unknown":
            return await self._ask(claim, messages)
        wanted = [message for message in messages if claim.wishes.wants(message.kind, claim.channel)]
        if not wanted:
            await self._settle(claim, Verdict("unwanted", None, None, claim.attempts))
            return True
        until = not_before(claim.claimed_at, claim.wishes.quiet)
        if until > claim.claimed_at:
            async with self._database.transaction() as tx:
                await store.postpone(tx, claim, until)
            return True
        return await self._send(claim, wanted)

    async def _send(self, claim: Claim, messages: list[LetterMessage]) -> bool:
        try:
            prepared = await self._prepare(claim, messages)
        except Exception as problem:  # noqa: BLE001 -- a fault in one letter must not stop the others
            log.error("letter_not_prepared", delivery_id=claim.delivery_id, exc_info=problem)
            prepared = Refused("internal", permanent=False)
        outcome: Outcome
        if isinstance(prepared, Letter):
            async with self._database.transaction() as tx:
                if not await store.begin_sending(tx, claim, self._limits.sending):
                    # Our lease ran out and somebody else has the letter.
                    return True
            outcome = await self._hand_over(claim, prepared)
        elif isinstance(prepared, NoContact):
            await self._settle(claim, Verdict("undeliverable", prepared.reason, None, claim.attempts))
            return True
        else:
            outcome = prepared
        verdict = after_sending(outcome, claim.attempts, self._pace, self._chance())
        await self._settle(claim, verdict, messages)
        return not isinstance(outcome, OtherSideAway)

    async def _prepare(
        self, claim: Claim, messages: list[LetterMessage]
    ) -> Letter | NoContact | OtherSideAway | Refused:
        """The letter, ready to be handed over, or why there is none."""
        contact = await self._contacts.find(claim.recipient_id)
        if not isinstance(contact, Contact):
            return contact
        address = contact.email if claim.channel == "email" else contact.phone
        if not address:
            return NoContact("no address")
        language = claim.wishes.language or contact.language or "ko"
        return self._writer.write(claim.reference, address, messages, language, contact)

    async def _hand_over(self, claim: Claim, letter: Letter) -> Outcome:
        try:
            return await self._providers[claim.channel].send(letter)
        except Exception as problem:  # noqa: BLE001 -- it may have gone out before whatever this is
            log.error("letter_outcome_lost", delivery_id=claim.delivery_id, exc_info=problem)
            return Unsure("internal")

    async def _ask(self, claim: Claim, messages: list[LetterMessage]) -> bool:
        """Ask the provider about a letter whose answer was lost."""
        outcome = await self._providers[claim.channel].query(claim.reference)
        verdict = after_query(outcome, claim.reason, claim.attempts, claim.queries, self._pace, self._chance())
        await self._settle(claim, verdict, messages)
        return not isinstance(outcome, OtherSideAway)

    async def _settle(self, claim: Claim, verdict: Verdict, messages: list[LetterMessage] | None = None) -> None:
        """Record the verdict.

        A database that is away is waited for as long as the lease lasts: a known answer that is not recorded would
        leave the letter unknown for ever.
        """
        deadline = time.monotonic() + self._limits.sending.total_seconds()
        while True:
            try:
                async with self._database.transaction() as tx:
                    settled = await store.settle(tx, claim, verdict)
                break
            except Exception as problem:
                if not is_away(problem) or time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.5 + self._chance())
        if not settled:
            return
        DELIVERIES.labels(claim.channel, verdict.state).inc()
        log.info("letter_settled", delivery_id=claim.delivery_id, state=verdict.state, reason=verdict.reason)
        if verdict.state == "accepted" and messages:
            first = min(message.occurred_at for message in messages)
            EVENT_TO_SENT.labels(claim.channel).observe(max(0.0, (datetime.now(UTC) - first).total_seconds()))
