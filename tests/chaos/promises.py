"""What every service must show for what was acknowledged, and how that is held against what it shows; pure.

An effect is a tuple of texts that begins with the id it belongs to, so that a wrong one is told from a missing one.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from ieum.ops.oracle import Finding

from .books import Books, Jobseeker, Vacancy

Effect = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """Effects that a service owes. `query` answers the effects it shows, a column for each text.

    `open_ended`: it may show more ids than are owed, because others cause such effects, too.
    """

    name: str
    service: str
    query: str
    owed: Callable[[Books], Iterable[Effect]]
    open_ended: bool = False


def compare(
    promise: Promise, owed: Counter[Effect], held: Counter[Effect], *, doubted: AbstractSet[str], strangers: int
) -> list[Finding]:
    """What is lost, doubled, or there without a command.

    Ids that are `doubted` owe and may show anything; up to `strangers` further ids may be there.
    """
    owed = Counter({effect: times for effect, times in owed.items() if not doubted or doubted.isdisjoint(effect)})
    held = Counter({effect: times for effect, times in held.items() if not doubted or doubted.isdisjoint(effect)})
    shown: dict[str, list[Effect]] = {}
    for effect in held:
        shown.setdefault(effect[0], []).append(effect)
    known = {effect[0] for effect in owed}
    found = [
        Finding("lost", promise.service, f"{promise.name}: owed {' '.join(effect)}, there is {_others(shown, effect)}")
        for effect in owed
        if effect not in held
    ]
    found += [
        Finding("doubled", promise.service, f"{promise.name}: {' '.join(effect)} {times} times, not {owed[effect]}")
        for effect, times in held.items()
        if effect in owed and times > owed[effect]
    ]
    if not promise.open_ended:
        surplus = sorted(effect for effect in held if effect[0] not in known)
        twofold = sorted(effect for effect in held if effect[0] in known and effect not in owed)
        if len({effect[0] for effect in surplus}) > strangers:
            found += [
                Finding("invented", promise.service, f"{promise.name}: nobody asked for {' '.join(effect)}")
                for effect in surplus
            ]
        # Where the right effect is there, a further one of the same id is one too many; else it was told above.
        found += [
            Finding("doubled", promise.service, f"{promise.name}: {' '.join(effect)} beside what is owed")
            for effect in twofold
            if any(other in owed for other in shown[effect[0]])
        ]
    return found


def _others(shown: dict[str, list[Effect]], effect: Effect) -> str:
    return "; ".join(" ".join(other) for other in shown.get(effect[0], [])[:3]) or "nothing"


def doubted_ids(books: Books) -> frozenset[str]:
    """Ids about which a command has no known outcome."""
    doubted = {vacancy.vacancy_id for vacancy in books.vacancies if not vacancy.sure}
    doubted |= {jobseeker.jobseeker_id for jobseeker in books.jobseekers if not jobseeker.sure}
    for referral in books.referrals:
        if not (referral.sure and referral.jobseeker.sure and referral.vacancy.sure):
            doubted |= {referral.referral_id, referral.placement_id} - {""}
    return frozenset(doubted)


def _status(vacancy: Vacancy) -> str:
    return "filled" if vacancy.hired and not vacancy.reversed else vacancy.status


def _terms(vacancy: Vacancy) -> Effect:
    return (vacancy.vacancy_id, _status(vacancy), str(vacancy.pay_min), str(vacancy.openings))


def _jobseeker(jobseeker: Jobseeker) -> Effect:
    return (jobseeker.jobseeker_id, str(jobseeker.wage_floor), str(jobseeker.stopped).lower())


def _placed(books: Books) -> Iterable[tuple[str, str, bool]]:
    return ((one.placement_id, one.referral_id, one.reversed) for one in books.referrals if one.placement_id)


def _periods(books: Books) -> Iterable[tuple[str, int]]:
    """A reversed placement lets the registration go on as another period."""
    again = Counter(referral.jobseeker.jobseeker_id for referral in books.referrals if referral.reversed)
    return ((one.jobseeker_id, 1 + again[one.jobseeker_id]) for one in books.jobseekers)


def _messages(books: Books) -> Iterable[Effect]:
    for referral in books.referrals:
        person, employer = referral.jobseeker.jobseeker_id, f"employer:{referral.vacancy.employer_id}"
        yield (referral.referral_id, "referral_made", person)
        yield (referral.referral_id, "referral_received", employer)
        for _ in referral.answers:
            yield (referral.referral_id, "referral_answered", person)
            yield (referral.referral_id, "referral_result", referral.counsellor_id)
        if referral.placement_id:
            yield (referral.placement_id, "placement_recorded", person)
        if referral.reversed:
            yield (referral.placement_id, "placement_reversed", person)
            yield (referral.placement_id, "hire_reversed", employer)


def _ledger(books: Books) -> Iterable[Effect]:
    """What each aggregate counts for in the end: its openings, its registrations, one or no placement."""
    for vacancy in books.vacancies:
        yield (vacancy.vacancy_id, "openings", str(vacancy.openings))
    for jobseeker in books.jobseekers:
        yield (jobseeker.jobseeker_id, "jobseekers", "1")
    for placement_id, _, reversed_ in _placed(books):
        yield (placement_id, "placements", "0" if reversed_ else "1")


def _beginnings(books: Books) -> Iterable[Effect]:
    for vacancy in books.vacancies:
        yield (vacancy.vacancy_id, "VacancyOpened", "1")
    for jobseeker in books.jobseekers:
        yield (jobseeker.jobseeker_id, "JobseekerRegistered", "1")
    for placement_id, _, _ in _placed(books):
        yield (placement_id, "PlacementRecorded", "1")


def _said(books: Books) -> Iterable[Effect]:
    """Events of a vacancy: one for each change. Recorded and reversed in one breath, a hire may go unsaid: left out."""
    return ((one.vacancy_id, str(one.said + (1 if one.hired else 0))) for one in books.vacancies if not one.reversed)


PROMISES = (
    Promise(
        "employers", "registration", "SELECT business_number FROM registration.employer",
        lambda books: ((one.business_number,) for one in books.employers),
    ),
    Promise(
        "vacancies", "registration",
        "SELECT vacancy_id::text, status, pay_min::text, openings::text FROM registration.vacancy",
        lambda books: map(_terms, books.vacancies),
    ),
    Promise(
        "events said of a vacancy", "registration",
        "SELECT aggregate_id, version::text FROM registration.stream WHERE topic = 'registration.vacancy.v1'",
        _said, open_ended=True,
    ),
    Promise(
        "jobseekers", "registration",
        """
        SELECT jobseeker_id::text, wage_floor::text, (NOT bool_or(stopped_on IS NULL))::text
        FROM registration.jobseeker JOIN registration.registration_period USING (jobseeker_id) GROUP BY 1, 2
        """,
        lambda books: map(_jobseeker, books.jobseekers),
    ),
    Promise(
        "registration periods", "registration",
        "SELECT jobseeker_id::text, count(*)::text FROM registration.registration_period GROUP BY 1",
        lambda books: ((jobseeker_id, str(times)) for jobseeker_id, times in _periods(books)),
    ),
    Promise(
        "placements heard", "registration",
        "SELECT placement_id, (reversed_at IS NOT NULL)::text FROM registration.placement",
        lambda books: ((one, str(reversed_).lower()) for one, _, reversed_ in _placed(books)),
    ),
    Promise(
        "vacancies heard", "matching",
        "SELECT vacancy_id, status, pay_min::text, openings::text FROM matching.vacancy",
        lambda books: map(_terms, books.vacancies),
    ),
    Promise(
        "jobseekers heard", "matching",
        "SELECT jobseeker_id, wage_floor::text, (stopped_on IS NOT NULL)::text FROM matching.jobseeker",
        lambda books: map(_jobseeker, books.jobseekers),
    ),
    Promise(
        "referrals", "matching", "SELECT referral_id, state FROM matching.referral",
        lambda books: ((one.referral_id, one.state) for one in books.referrals),
    ),
    Promise(
        "placements", "matching",
        "SELECT placement_id, referral_id, (reversed_at IS NOT NULL)::text FROM matching.placement",
        lambda books: ((one, by, str(reversed_).lower()) for one, by, reversed_ in _placed(books)),
    ),
    Promise(
        "sums of the ledger", "evaluation",
        "SELECT aggregate_id, measure, sum(amount)::text FROM evaluation.ledger GROUP BY 1, 2",
        _ledger,
    ),
    Promise(
        "beginnings in the ledger", "evaluation",
        """
        SELECT aggregate_id, type, count(*)::text FROM evaluation.ledger
        WHERE type IN ('VacancyOpened', 'JobseekerRegistered', 'PlacementRecorded') GROUP BY 1, 2
        """,
        _beginnings,
    ),
    Promise(
        "messages", "notifications",
        """
        SELECT coalesce(params->>'referral_id', params->>'placement_id'), kind, recipient_id
        FROM notifications.message WHERE kind <> 'match_proposed'
        """,
        _messages,
    ),
    Promise(
        "messages read", "notifications",
        "SELECT recipient_id, seq::text FROM notifications.message WHERE read_at IS NOT NULL",
        lambda books: ((recipient, str(seq)) for recipient, seq in books.read), open_ended=True,
    ),
    Promise(
        "preferences", "notifications",
        "SELECT recipient_id, version::text FROM notifications.recipient WHERE version > 0",
        lambda books: ((one.jobseeker_id, "1") for one in books.jobseekers if one.preferences), open_ended=True,
    ),
)  # fmt: skip
"""Read as the superuser, with the services' own code nowhere in between."""
