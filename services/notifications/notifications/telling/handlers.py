"""Events in, messages and letters out, in the transaction that marks the events as heard."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from weakref import WeakKeyDictionary

from ieum.database import Database, Transaction
from ieum.messaging import Reactions
from notifications.delivery.rules import Pace, plan_letters
from notifications.delivery.store import lock_open_digests, save_plan
from notifications.messages.events import (
    MatchProposed,
    PlacementRecorded,
    PlacementReversed,
    ReferralAnswered,
    ReferralMade,
)
from notifications.messages.kinds import Channel
from notifications.messages.rules import drafts_of, fresh, numbered, vacancy_facts
from notifications.messages.store import already_told, save_messages, save_vacancies
from notifications.preferences.store import lock_recipients

reactions = Reactions()


@dataclass(frozen=True, slots=True)
class Telling:
    """How this process tells: the pace of letters, their channels, and whom to wake with recipients that have news."""

    pace: Pace = field(default_factory=Pace)
    channels: tuple[Channel, ...] = ("email",)
    announce: Callable[[Collection[str]], None] = lambda _: None


_configured: "WeakKeyDictionary[Database, Telling]" = WeakKeyDictionary()


def configure(database: Database, telling: Telling) -> None:
    """Set how events that arrive in this database are told. For the composition root, once."""
    _configured[database] = telling


# Hearing all again tells nobody anything twice: what has a message is not news. Messages themselves are not made
# again: their numbers, and what was read and sent, are facts of this service.
@reactions.consume("notifications.messages", derived=["vacancy"])
async def tell_people(
    tx: Transaction,
    events: list[MatchProposed | ReferralMade | ReferralAnswered | PlacementRecorded | PlacementReversed],
) -> None:
    """Store a message per event and recipient, once, with its letters.

    Recipients are locked first: their numbers, their open digests and the check for repeats all rest on that.
    """
    telling = _configured.get(tx.database, Telling())
    if facts := vacancy_facts(events):
        await save_vacancies(tx, facts)
    drafts = [draft for event in events for draft in drafts_of(event)]
    if not drafts:
        return
    now, recipients = await lock_recipients(tx, [draft.recipient_id for draft in drafts])
    news = fresh(drafts, await already_told(tx, drafts))
    if not news:
        return
    wishes = {recipient_id: locked.wishes for recipient_id, locked in recipients.items()}
    told = numbered(news, {recipient_id: locked.last_seq for recipient_id, locked in recipients.items()})
    await save_messages(tx, told, [wishes[draft.recipient_id].wants(draft.kind, "live") for _, draft in told])
    recipient_ids = {draft.recipient_id for draft in news}
    digests = await lock_open_digests(tx, list(recipient_ids))
    await save_plan(tx, plan_letters(told, wishes, telling.channels, digests, now, telling.pace))
    tx.after_commit(partial(telling.announce, recipient_ids))
