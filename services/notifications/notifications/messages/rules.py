"""Who is told what of an event, and in which order it is numbered. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notifications.messages.events import (
    MatchProposed,
    PlacementRecorded,
    PlacementReversed,
    ReferralAnswered,
    ReferralMade,
)

Heard = MatchProposed | ReferralMade | ReferralAnswered | PlacementRecorded | PlacementReversed
Params = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Draft:
    """One thing to tell one recipient because of one event, and the employer whose vacancy it is about."""

    recipient_id: str
    kind: str
    event_id: UUID
    occurred_at: datetime
    centre_code: str
    params: Params
    employer_id: str | None = None


@dataclass(frozen=True, slots=True)
class VacancyFacts:
    """Public facts of a vacancy as of `heard_at`."""

    vacancy_id: str
    title: str
    employer_name: str
    heard_at: datetime


def employer_recipient(employer_id: str) -> str:
    """The recipient that all people of one employer read together."""
    return f"employer:{employer_id}"


def drafts_of(event: Heard) -> list[Draft]:
    """Everyone to be told of `event`, each once.

    A match is told when it is proposed for the first time. It may be proposed again, because its score moved or it had
    been withdrawn meanwhile; that shows in the list of matches and is no news worth a letter.
    """
    told: list[tuple[str, str, Params]]
    match event:
        case MatchProposed() if event.aggregate_version > 1:
            told = []
        case MatchProposed():
            told = [(event.jobseeker_id, "match_proposed", _match_params(event))]
        case ReferralMade():
            told = [
                (event.jobseeker_id, "referral_made", _referral_params(event)),
                (
                    employer_recipient(event.employer_id),
                    "referral_received",
                    {**_referral_params(event), "jobseeker_id": event.jobseeker_id},
                ),
            ]
        case ReferralAnswered():
            answered: Params = {**_referral_params(event), "answer": event.answer}
            told = [
                (event.jobseeker_id, "referral_answered", answered),
                (event.counsellor_id, "referral_result", {**answered, "jobseeker_id": event.jobseeker_id}),
            ]
        case PlacementRecorded():
            told = [(event.jobseeker_id, "placement_recorded", _placement_params(event))]
        case PlacementReversed():
            told = [
                (event.jobseeker_id, "placement_reversed", _placement_params(event)),
                (
                    employer_recipient(event.employer_id),
                    "hire_reversed",
                    {**_placement_params(event), "jobseeker_id": event.jobseeker_id},
                ),
            ]
    return [
        Draft(recipient_id, kind, event.event_id, event.occurred_at, event.centre_code, params, event.employer_id)
        for recipient_id, kind, params in told
    ]


def _match_params(event: MatchProposed) -> Params:
    return {
        "match_id": event.aggregate_id,
        "vacancy_id": event.vacancy_id,
        "title": event.title,
        "employer_name": event.employer_name,
        "score": event.score,
    }


def _referral_params(event: ReferralMade | ReferralAnswered) -> Params:
    return {
        "referral_id": event.aggregate_id,
        "vacancy_id": event.vacancy_id,
        "title": event.title,
        "employer_name": event.employer_name,
    }


def _placement_params(event: PlacementRecorded | PlacementReversed) -> Params:
    return {
        "placement_id": event.aggregate_id,
        "vacancy_id": event.vacancy_id,
        "hired_on": event.hired_on.isoformat(),
    }


def vacancy_facts(events: Iterable[Heard]) -> list[VacancyFacts]:
    """The newest facts of each vacancy that the events name, in the order of vacancy ids."""
    newest: dict[str, VacancyFacts] = {}
    for event in events:
        if isinstance(event, MatchProposed | ReferralMade | ReferralAnswered):
            known = newest.get(event.vacancy_id)
            if known is None or known.heard_at < event.occurred_at:
                newest[event.vacancy_id] = VacancyFacts(
                    event.vacancy_id, event.title, event.employer_name, event.occurred_at
                )
    return [newest[vacancy_id] for vacancy_id in sorted(newest)]


def fresh(drafts: Sequence[Draft], already_told: Collection[tuple[UUID, str]]) -> list[Draft]:
    """The drafts that are news: each (event, recipient) once, none that was told before."""
    seen = set(already_told)
    news = []
    for draft in drafts:
        key = (draft.event_id, draft.recipient_id)
        if key not in seen:
            seen.add(key)
            news.append(draft)
    return news


def numbered(drafts: Sequence[Draft], heads: Mapping[str, int]) -> list[tuple[int, Draft]]:
    """Each draft with its recipient's next number. `heads` are the newest numbers, read under the recipients' locks."""
    heads = dict(heads)
    result = []
    for draft in drafts:
        heads[draft.recipient_id] += 1
        result.append((heads[draft.recipient_id], draft))
    return result
