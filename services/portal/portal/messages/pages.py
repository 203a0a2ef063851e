"""A person's messages and preferences."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from portal.forms.form import Form, text
from portal.language.words import N_
from portal.messages.views import Inbox, Message, Preferences
from portal.services import section
from portal.visit import SignedIn, Visit, attempt

router = APIRouter()

CHANNELS = ("live", "email")
PREFERENCES = {
    "language": N_("Language of letters"),
    "quiet_from": N_("No letters from"),
    "quiet_to": N_("until"),
}


@router.get("/messages")
async def messages(visit: SignedIn, cursor: Annotated[str | None, Query(max_length=1000)] = None) -> Response:
    """Everything the visitor was told, newest first."""
    inbox = await section(visit.notifications.get(Inbox, "/messages", limit=20, cursor=cursor))
    return visit.page("messages/list.html", messages=inbox)


@router.get("/messages/newest")
async def newest(visit: SignedIn) -> Response:
    """The newest messages alone, for an open page to renew them."""
    inbox = await section(visit.notifications.get(Inbox, "/messages", limit=5))
    return visit.page("messages/newest.html", messages=inbox)


@router.post("/messages/{seq}/read")
async def mark_read(visit: SignedIn, seq: int) -> Response:
    """Marks a message as read."""
    form = await visit.sent_form()
    await visit.notifications.send(Message, "POST", f"/messages/{seq}/read", key=form.key)
    return visit.go("/messages", "message_read")


@router.get("/preferences")
async def preferences(visit: SignedIn) -> Response:
    """What the visitor wants to be told, and where."""
    kept, tag = await visit.notifications.tagged(Preferences, "/preferences")
    return _page(visit, form_of(kept, tag), list(kept.kinds))


@router.post("/preferences")
async def change(visit: SignedIn) -> Response:
    """Keeps the visitor's choice."""
    form = await visit.sent_form(PREFERENCES)
    answer, form = await attempt(
        form, visit.notifications.send(Preferences, "PUT", "/preferences", body_of(form), key=form.key, tag=form.tag)
    )
    return visit.go("/preferences", "preferences_kept") if answer else _page(visit, form, list(form.chosen("kind")))


def form_of(kept: Preferences, tag: str) -> Form:
    """The form that shows preferences: a box for each kind and channel, ticked where it is on."""
    on = [f"{kind}:{channel}" for kind, where in kept.kinds.items() for channel in CHANNELS if getattr(where, channel)]
    values = {"kind": list(kept.kinds), "on": on, "language": kept.language}
    return Form.shown(PREFERENCES, {**values, "quiet_from": kept.quiet_from, "quiet_to": kept.quiet_to}, tag)


def body_of(form: Form) -> dict[str, Any]:
    """The form as notifications wants it."""
    on = set(form.chosen("on"))
    return {
        "kinds": {kind: {channel: f"{kind}:{channel}" in on for channel in CHANNELS} for kind in form.chosen("kind")},
        "language": text(form, "language"),
        "quiet_from": text(form, "quiet_from"),
        "quiet_to": text(form, "quiet_to"),
    }


def _page(visit: Visit, form: Form, kinds: list[str]) -> Response:
    return visit.page("messages/preferences.html", visit.status_of(form), form=form, kinds=kinds, channels=CHANNELS)
