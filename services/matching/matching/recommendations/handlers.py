"""What happens when vacancies and jobseekers are heard of."""

from collections.abc import Mapping, Sequence
from functools import partial

from prometheus_client import Counter

from ieum.database import Transaction
from ieum.messaging import Derived, Event, Reactions, outbox
from matching.market import store as market
from matching.market.events import (
    CONSUMER,
    JobseekerChanged,
    JobseekerEvent,
    JobseekerRegistered,
    JobseekerResumed,
    JobseekerStopped,
    VacancyChanged,
    VacancyClosed,
    VacancyExpired,
    VacancyFilled,
    VacancyOpened,
    VacancyPaused,
    VacancyResumed,
)
from matching.market.hearing import jobseekers_after, vacancies_after
from matching.market.holding import hears_again
from matching.recommendations import store
from matching.recommendations.events import MatchProposed, MatchWithdrawn
from matching.recommendations.ranking import UNKNOWN_BAR
from matching.recommendations.rematch import tell_differences
from matching.recommendations.store import Gate
from matching.recommendations.upkeep import bring_up_to_date
from matching.referrals.store import move_referrals
from matching.referrals.withdrawing import withdraw_referrals

TOLD = Counter("matching_matches_told_total", "Matches proposed and withdrawn", ["type"])

reactions = Reactions()


@reactions.consume(
    CONSUMER,
    derived=[
        "vacancy",
        # The bar depends on the order in which vacancies came and went; any bar that is true will do.
        Derived("jobseeker", uncompared=("bar_score", "bar_vacancy_id")),
        "wish",
        # The only place that says what was told, so it stays; spares depend on the order of arrival, as the bar does.
        Derived("match", compared_if_set="told_score", emptied=False),
    ],
    catch_up=tell_differences,
)
async def propose_matches(
    tx: Transaction,
    events: list[
        VacancyOpened
        | VacancyChanged
        | VacancyPaused
        | VacancyResumed
        | VacancyFilled
        | VacancyClosed
        | VacancyExpired
        | JobseekerRegistered
        | JobseekerResumed
        | JobseekerChanged
        | JobseekerStopped
    ],
) -> None:
    """Keep every jobseeker's ten best vacancies exact, and tell who came among them and who left."""
    of_jobseekers = [e for e in events if isinstance(e, JobseekerEvent)]
    of_vacancies = [e for e in events if not isinstance(e, JobseekerEvent)]
    # Read before the gate: nobody else handles events of these aggregates, so their rows stand still.
    vacancies_before = await market.vacancies(tx, {event.aggregate_id for event in of_vacancies})
    vacancies = vacancies_after(vacancies_before, of_vacancies)
    jobseekers = jobseekers_after(
        await market.jobseekers(tx, {event.aggregate_id for event in of_jobseekers}), of_jobseekers
    )
    were_open = {key for key, vacancy in vacancies_before.items() if vacancy.is_open}

    await store.pass_gate(
        tx, gate_for(vacancies=bool(vacancies), were_open=bool(were_open), jobseekers=bool(jobseekers))
    )
    if vacancies:
        await market.save_vacancies(tx, vacancies.values())
    if jobseekers:
        await market.save_jobseekers(tx, jobseekers.values())
    if await hears_again(tx):
        # Old news, and not all of it yet: who should meet whom is found once everything is heard.
        await store.save_bars(tx, [(key, UNKNOWN_BAR) for key in jobseekers])
        return
    if jobseekers:
        await store.move_matches(tx, jobseekers)
    told = await bring_up_to_date(tx, vacancies, were_open, jobseekers)
    if jobseekers:
        await move_referrals(tx, jobseekers)
    stopped = [key for key, jobseeker in jobseekers.items() if jobseeker.stopped_on is not None]
    told |= await withdraw_referrals(tx, stopped)
    await outbox.add(tx, told)
    tx.after_commit(partial(_count, told))


def gate_for(*, vacancies: bool, were_open: bool, jobseekers: bool) -> Gate:
    """How to pass the gate with a batch of these: vacancies, some of them open before, jobseekers."""
    if were_open or (vacancies and jobseekers):
        return Gate.ALONE
    return Gate.JOBSEEKERS if jobseekers else Gate.ARRIVALS


def _count(told: Mapping[str, Sequence[Event]]) -> None:
    for kind in (MatchProposed, MatchWithdrawn):
        TOLD.labels(kind.type_name()).inc(sum(isinstance(event, kind) for events in told.values() for event in events))
