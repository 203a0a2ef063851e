"""Which letters a message makes, when they are due, and what an outcome means for a letter's state. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from notifications.delivery.ports import Accepted, OtherSideAway, Outcome, Refused, Unsure
from notifications.messages.kinds import KINDS, Channel
from notifications.messages.rules import Draft
from notifications.preferences.rules import Wishes, not_before

State = Literal["pending", "sending", "accepted", "refused", "unknown", "undeliverable", "unwanted"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How letters are spaced, folded and tried again."""

    # A folding letter waits until nothing was added for `digest_quiet`, at most `digest_window` after it was opened.
    digest_quiet: timedelta = timedelta(seconds=10)
    digest_window: timedelta = timedelta(seconds=60)
    # Temporary refusals: at most `attempts`, waiting `base`, twice that, four times that…, never longer than `longest`.
    attempts: int = 8
    base: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(hours=1)
    # Questions to a provider about a lost answer before the letter is left as unknown.
    queries: int = 10


@dataclass(frozen=True, slots=True)
class OpenDigest:
    """A folding letter of a recipient that no worker has claimed yet."""

    delivery_id: int
    recipient_id: str
    channel: Channel
    opened_at: datetime


@dataclass(slots=True)
class NewLetter:
    """A letter to be stored, with the numbers of its messages."""

    recipient_id: str
    channel: Channel
    centre_code: str
    reference: UUID
    folds: bool
    due_at: datetime
    seqs: list[int] = field(default_factory=list)
    employer_id: str | None = None


@dataclass(slots=True)
class Plan:
    """Letters to store, messages (delivery id, recipient, seq) to add to open digests, and when these are due now."""

    new: list[NewLetter] = field(default_factory=list)
    joined: list[tuple[int, str, int]] = field(default_factory=list)
    postponed: dict[int, datetime] = field(default_factory=dict)


def reference(event_id: UUID, recipient_id: str, channel: Channel) -> UUID:
    """The letter's name towards its provider: the same whoever sends it and however often."""
    return uuid5(NAMESPACE_URL, f"ieum:letter:{event_id}:{recipient_id}:{channel}")


def plan_letters(
    told: Sequence[tuple[int, Draft]],
    wishes: Mapping[str, Wishes],
    channels: Iterable[Channel],
    open_digests: Iterable[OpenDigest],
    now: datetime,
    pace: Pace,
) -> Plan:
    """The letters for new messages (`told`: number and draft), on the channels that are set up and wanted.

    Messages of a folding kind join the recipient's open digest, or open one; the others are letters of their own,
    due at once. Nothing is due in the recipient's quiet hours.
    """
    plan = Plan()
    digests = {(digest.recipient_id, digest.channel): digest for digest in open_digests}
    opened: dict[tuple[str, Channel], NewLetter] = {}
    for channel in channels:
        for seq, draft in told:
            wish = wishes[draft.recipient_id]
            if not wish.wants(draft.kind, channel):
                continue
            folds = KINDS[draft.kind].folds
            key = (draft.recipient_id, channel)
            if folds and (digest := digests.get(key)):
                due = min(digest.opened_at + pace.digest_window, now + pace.digest_quiet)
                plan.joined.append((digest.delivery_id, draft.recipient_id, seq))
                plan.postponed[digest.delivery_id] = not_before(max(due, now), wish.quiet)
            elif folds and key in opened:
                opened[key].seqs.append(seq)
            else:
                due = now + min(pace.digest_quiet, pace.digest_window) if folds else now
                letter = NewLetter(
                    draft.recipient_id,
                    channel,
                    draft.centre_code,
                    reference(draft.event_id, draft.recipient_id, channel),
                    folds,
                    not_before(due, wish.quiet),
                    [seq],
                    draft.employer_id,
                )
                plan.new.append(letter)
                if folds:
                    opened[key] = letter
    return plan


@dataclass(frozen=True, slots=True)
class Verdict:
    """A letter's state after an outcome. `wait`: until it is looked at again; None when nothing more will happen."""

    state: State
    reason: str | None
    wait: timedelta | None
    attempts: int
    queries: int = 0


def backoff(attempt: int, pace: Pace, chance: float) -> timedelta:
    """The wait after the `attempt`-th try (from 1): doubling up to the longest, less up to half of it by `chance`.

    `chance` is between 0 and 1, so that letters which failed together do not come back together.
    """
    return min(pace.longest, pace.base * float(2 ** min(attempt - 1, 30))) * (1 - chance / 2)


def after_sending(outcome: Outcome, attempts: int, pace: Pace, chance: float) -> Verdict:
    """What an attempt to send leads to; `attempts` counts those before it."""
    match outcome:
        case Accepted():
            return Verdict("accepted", None, None, attempts + 1)
        case Refused(reason, permanent=True):
            return Verdict("refused", reason, None, attempts + 1)
        case Refused(reason):
            tried = attempts + 1
            if tried >= pace.attempts:
                return Verdict("undeliverable", reason, None, tried)
            return Verdict("pending", reason, backoff(tried, pace, chance), tried)
        case OtherSideAway(reason):
            # No fault of the letter: an outage of an afternoon must not use up its attempts.
            return Verdict("pending", reason, backoff(1, pace, chance), attempts)
        case Unsure(reason):
            return Verdict("unknown", reason, backoff(1, pace, chance), attempts + 1)


def after_query(
    outcome: Outcome | None, reason: str | None, attempts: int, queries: int, pace: Pace, chance: float
) -> Verdict:
    """What the provider's word on an unknown letter leads to. Only its certain no lets the letter be tried again."""
    asked = queries + 1
    match outcome:
        case Accepted():
            return Verdict("accepted", None, None, attempts, asked)
        case Refused(said, permanent=True):
            return Verdict("refused", said, None, attempts, asked)
        case Refused(said):
            if attempts >= pace.attempts:
                return Verdict("undeliverable", said, None, attempts, asked)
            return Verdict("pending", said, backoff(attempts, pace, chance), attempts, asked)
        case Unsure() | OtherSideAway() if asked < pace.queries:
            return Verdict("unknown", reason, backoff(asked, pace, chance), attempts, asked)
        case _:
            return Verdict("unknown", reason, None, attempts, asked)
