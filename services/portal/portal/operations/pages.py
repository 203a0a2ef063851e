"""How each service is doing, asked when the page is shown, and what to do about parked aggregates."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from portal.forms.form import Form
from portal.language.words import N_
from portal.operations.views import Messaging, Outcome, Parked, Skipped, StuckKey, UnreadableRecord
from portal.services import SERVICES, Items, Readiness, Section, free_part, section
from portal.visit import OperatorVisit, Visit, attempt

router = APIRouter(prefix="/operator")

DECISION: Mapping[str, str] = {"reason": N_("Reason")}


@dataclass(frozen=True)
class Status:
    """What a service says of itself; readiness is None when it says nothing."""

    service: str
    address: str
    readiness: Readiness | None
    messaging: Section[Messaging]


@router.get("")
async def services(visit: OperatorVisit) -> Response:
    """Every service with its parts, its events, and what is missing where."""
    states = await asyncio.gather(*(_status(visit, name) for name in SERVICES))
    return visit.page("operations/states.html" if visit.is_part else "operations/services.html", states=states)


async def _status(visit: Visit, service: str) -> Status:
    readiness, messaging = await asyncio.gather(
        visit.site.lines.readiness(service), section(visit.ask(service).get(Messaging, "/operations"))
    )
    return Status(service, visit.settings.url_of(service), readiness, messaging)


@router.get("/{service}/parked")
async def parked(
    visit: OperatorVisit, service: str, cursor: Annotated[str | None, Query(max_length=30)] = None
) -> Response:
    """The aggregates of a service that do not flow."""
    if service not in SERVICES:
        return visit.not_found()
    stuck = await section(visit.ask(service).get(Items[StuckKey], "/operations/parked", cursor=cursor))
    return visit.page("operations/parked.html", service=service, stuck=stuck)


@router.get("/{service}/unreadable")
async def unreadable(
    visit: OperatorVisit, service: str, cursor: Annotated[str | None, Query(max_length=30)] = None
) -> Response:
    """The records that a service could not read."""
    if service not in SERVICES:
        return visit.not_found()
    records = await section(visit.ask(service).get(Items[UnreadableRecord], "/operations/unreadable", cursor=cursor))
    return visit.page("operations/unreadable.html", service=service, records=records)


@router.get("/{service}/parked/{consumer}/{topic}/{aggregate_id}")
async def parked_events(visit: OperatorVisit, service: str, consumer: str, topic: str, aggregate_id: str) -> Response:
    """What is parked for one aggregate, and what can be done."""
    if service not in SERVICES:
        return visit.not_found()
    return await _aggregate(visit, service, (consumer, topic, aggregate_id), Form.shown(DECISION))


@router.post("/{service}/parked/{consumer}/{topic}/{aggregate_id}")
async def decide(visit: OperatorVisit, service: str, consumer: str, topic: str, aggregate_id: str) -> Response:
    """Previews a release, releases, or skips the first parked event with a second person."""
    form = await visit.sent_form(DECISION)
    decision = form.value("decision")
    if service not in SERVICES or decision not in ("preview", "release", "skip"):
        return visit.not_found()
    key = (consumer, topic, aggregate_id)
    # Nothing is decided by a preview, so nobody is asked why.
    reason = form.value("reason").strip() or ("preview" if decision == "preview" else "")
    path, body = f"{_path(key)}/release", {"reason": reason, "preview": decision == "preview"}
    if decision == "skip":
        # Of the version that was looked at: sent again after a lost answer, it must not mean the next one.
        meant = {"reason": reason, "version": form.value("version") or None}
        skipping = visit.ask(service).send(Skipped, "POST", f"{_path(key)}/skip", meant, key=form.key)
        skipped, form = await attempt(form, skipping)
        if skipped is None:
            return await _aggregate(visit, service, key, form)
        return visit.go(f"/operator/{service}/parked", "event_skipped" if skipped.skipped else "skip_asked")
    outcome, form = await attempt(form, visit.ask(service).send(Outcome, "POST", path, body, key=form.key))
    if outcome is None or outcome.preview or outcome.problem:
        return await _aggregate(visit, service, key, form, outcome)
    return visit.go(f"/operator/{service}/parked", "parked_released")


async def _aggregate(
    visit: Visit, service: str, key: tuple[str, str, str], form: Form, outcome: Outcome | None = None
) -> Response:
    parked = await visit.ask(service).get(Parked, _path(key))
    return visit.page(
        "operations/aggregate.html",
        visit.status_of(form),
        service=service,
        key=key,
        events=parked.items,
        skip_asked=parked.skip_asked,
        form=form,
        outcome=outcome,
    )


def _path(key: tuple[str, str, str]) -> str:
    return "/operations/parked/" + "/".join(free_part(one) for one in key)
