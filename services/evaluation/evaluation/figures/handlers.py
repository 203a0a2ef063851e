"""One consumer group counts everything: centres, openings, jobseekers and placements, a batch per transaction."""

from evaluation.figures import rules, store
from evaluation.figures.events import (
    JobseekerChanged,
    JobseekerRegistered,
    PlacementRecorded,
    PlacementReversed,
    VacancyChanged,
    VacancyOpened,
)
from evaluation.scopes.events import CentreOpened
from evaluation.scopes.store import save_centres
from ieum.database import Transaction
from ieum.messaging import Reactions, Rejected

CONSUMER = "evaluation.figures"

reactions = Reactions()


@reactions.consume("evaluation.figures")
async def count_figures(
    tx: Transaction,
    events: list[
        CentreOpened
        | VacancyOpened
        | VacancyChanged
        | JobseekerRegistered
        | JobseekerChanged
        | PlacementRecorded
        | PlacementReversed
    ],
) -> None:
    """Book a batch in the ledger and move the figures by what it adds up to: one statement a table, whatever its size.

    Raises Rejected naming the corrections of something that was never counted.
    """
    opened = [event for event in events if isinstance(event, CentreOpened)]
    countable = [event for event in events if not isinstance(event, CentreOpened)]
    standings = await store.find_standings(tx, {(rules.measure_of(event), event.aggregate_id) for event in countable})
    counted = rules.count(countable, standings)
    if counted.refused:
        raise Rejected("it corrects what was never counted", *counted.refused)
    if opened:
        await save_centres(tx, opened)
    if countable:
        await store.save_standings(tx, standings)
    if counted.entries:
        await store.append_to_ledger(tx, counted.entries)
        await store.add_to_figures(tx, rules.totals(counted.entries))
    await store.note_changes(
        tx, [entry.centre_code for entry in counted.entries] + [event.aggregate_id for event in opened]
    )
