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
from evaluation.live.store import note_changes
from evaluation.live.watch import watch_of
from evaluation.scopes.events import CentreOpened
from evaluation.scopes.store import save_centres
from ieum.database import Transaction
from ieum.messaging import Derived, Reactions

reactions = Reactions()


@reactions.consume(
    "evaluation.figures",
    derived=[
        "ledger",
        "daily_figure",
        "standing",
        "centre",
        # How often a centre changed depends on how events came in batches. Open pages compare the sum of all with
        # the one they know, so it must never become smaller: it goes on growing while everything is counted again.
        Derived("centre_change", emptied=False, uncompared=("changes",)),
    ],
)
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
    """Book a batch in the ledger and move the figures by its sums: one statement a table, whatever its size."""
    opened = [event for event in events if isinstance(event, CentreOpened)]
    countable = [event for event in events if not isinstance(event, CentreOpened)]
    standings = await store.find_standings(tx, {(rules.measure_of(event), event.aggregate_id) for event in countable})
    entries = rules.count(countable, standings)
    if opened:
        await save_centres(tx, opened)
    if countable:
        await store.save_standings(tx, standings)
    if entries:
        await store.append_to_ledger(tx, entries)
        await store.add_to_figures(tx, rules.totals(entries))
    if changed := {entry.centre_code for entry in entries} | {event.aggregate_id for event in opened}:
        await note_changes(tx, changed)
        tx.after_commit(watch_of(tx.database).wake)
