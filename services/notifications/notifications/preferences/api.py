"""One's own preferences."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from ieum.database import Transaction
from ieum.http import (
    BrokenRule,
    Caller,
    FieldError,
    IfMatch,
    Invalid,
    Read,
    StaleVersion,
    Write,
    allow,
    check_version,
    etag,
    problem_responses,
)
from notifications.messages.access import READERS, audience_of, recipient_of
from notifications.messages.kinds import CHANNELS, Audience, kinds_for
from notifications.preferences import store
from notifications.preferences.rules import QuietHours, Wishes
from notifications.preferences.store import StoredWishes

ClockTime = Annotated[
    str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="Asia/Seoul, HH:MM", examples=["22:00"])
]


class ChannelChoice(BaseModel):
    """Where one kind of message is told. It is in the list of messages in any case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    live: bool
    email: bool
    sms: bool = False


class Preferences(BaseModel):
    """What one wants to be told. Kinds that are not named go back to their defaults."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: dict[str, ChannelChoice] = Field(max_length=50)
    language: str | None = Field(None, description="Language of letters; null: the one registered", examples=["ko"])
    quiet_from: ClockTime | None = Field(None, description="No letters from this time of day …")
    quiet_to: ClockTime | None = Field(None, description="… until this one; both or neither; may cross midnight")

    @model_validator(mode="after")
    def _whole_hours(self) -> "Preferences":
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise BrokenRule("quiet_from and quiet_to are given together", "quiet_from과 quiet_to는 함께 정해야 합니다")
        if self.quiet_from is not None and self.quiet_from == self.quiet_to:
            raise BrokenRule("quiet_from and quiet_to differ", "quiet_from과 quiet_to는 달라야 합니다")
        return self


class PreferencesView(Preferences):
    """What one is told, defaults filled in. Send `version` back as If-Match to change it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    version: int
    languages: list[str] = Field(description="Languages that letters can be written in")


def preference_routes(languages: Sequence[str]) -> APIRouter:
    """The routes under /preferences; `languages` are those that letters can be written in."""
    router = APIRouter(tags=["preferences"])

    @router.get("/preferences")
    async def show_preferences(
        caller: Annotated[Caller, allow(*READERS)], read: Read, response: Response
    ) -> PreferencesView:
        """What the caller is told, and where."""
        async with read() as tx:
            stored = await store.find_wishes(tx, recipient_of(caller))
        response.headers["ETag"] = etag(stored.version)
        return _view(stored, audience_of(caller), languages)

    @router.put("/preferences", response_model=PreferencesView, responses=problem_responses(StaleVersion, Invalid))
    async def set_preferences(
        body: Preferences, caller: Annotated[Caller, allow(*READERS)], version: IfMatch, write: Write
    ) -> Response:
        """Choose what to be told from now on, and where."""
        recipient_id, audience = recipient_of(caller), audience_of(caller)
        _refuse_unknown(body, audience, languages)

        async def effect(tx: Transaction) -> PreferencesView:
            stored = await store.lock_wishes(tx, recipient_id)
            check_version(stored.version, version)
            changed = StoredWishes(_wishes(body), stored.version + 1)
            await store.save_wishes(tx, recipient_id, changed)
            return _view(changed, audience, languages)

        return await write(effect)

    return router


def _refuse_unknown(body: Preferences, audience: Audience, languages: Sequence[str]) -> None:
    known = kinds_for(audience)
    names = ", ".join(known)
    errors = [
        FieldError(field=f"kinds.{kind}"[:200], rule=f"one of {names}", ko=f"다음 중 하나여야 합니다: {names}")
        for kind in body.kinds
        if kind not in known
    ]
    if body.language is not None and body.language not in languages:
        choices = ", ".join(languages)
        errors.append(FieldError(field="language", rule=f"one of {choices}", ko=f"다음 중 하나여야 합니다: {choices}"))
    if errors:
        raise Invalid(errors=errors)


def _wishes(body: Preferences) -> Wishes:
    quiet = None
    if body.quiet_from is not None and body.quiet_to is not None:
        quiet = QuietHours(time.fromisoformat(body.quiet_from), time.fromisoformat(body.quiet_to))
    choices: Mapping[str, Mapping[str, bool]] = {kind: choice.model_dump() for kind, choice in body.kinds.items()}
    return Wishes(body.language, quiet, choices)


def _view(stored: StoredWishes, audience: Audience, languages: Sequence[str]) -> PreferencesView:
    wishes = stored.wishes
    return PreferencesView(
        kinds={
            kind: ChannelChoice(**{channel: wishes.wants(kind, channel) for channel in CHANNELS})
            for kind in kinds_for(audience)
        },
        language=wishes.language,
        quiet_from=f"{wishes.quiet.start:%H:%M}" if wishes.quiet else None,
        quiet_to=f"{wishes.quiet.end:%H:%M}" if wishes.quiet else None,
        version=stored.version,
        languages=list(languages),
    )
