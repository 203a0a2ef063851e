"""Addresses, asked of registration for each letter and kept nowhere here. Every question names its purpose."""

from dataclasses import dataclass
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationError

from ieum.http import Peer, PeerUnavailable
from notifications.delivery.ports import OtherSideAway

PURPOSE = "notification"


class Contact(BaseModel):
    """How to reach a recipient. Lives only as long as the letter is being sent."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class NoContact:
    """There is nowhere to send to: `no contact` (erased, or never there) or `no address` on this channel."""

    reason: str


class Contacts:
    """Registration's address book. It logs every look, with this service and the purpose."""

    def __init__(self, registration: Peer) -> None:
        self._registration = registration

    async def find(self, recipient_id: str) -> Contact | NoContact | OtherSideAway:
        """The contact of a recipient, within the peer's deadline; whatever is wrong over there is OtherSideAway."""
        try:
            answer = await self._registration.get(
                f"/contacts/{quote(recipient_id, safe='')}", params={"purpose": PURPOSE}
            )
        except PeerUnavailable:
            return OtherSideAway("contacts unreachable")
        if answer.status_code in (404, 410):
            return NoContact("no contact")
        if answer.status_code != 200:
            return OtherSideAway(f"contacts {answer.status_code}")
        try:
            return Contact.model_validate_json(answer.content)
        except ValidationError:
            return OtherSideAway("contacts unreadable")
