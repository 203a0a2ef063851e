"""SMS through a gateway that speaks HTTP: it takes our reference as idempotency key and can be asked about it."""

from typing import Literal
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from notifications.delivery.ports import Accepted, Letter, OtherSideAway, Outcome, Refused, Unsure


class _Told(BaseModel):
    """What the gateway says of a message."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    state: Literal["accepted", "refused", "none"]
    reason: str | None = None


class SmsGateway:
    """`POST /messages {reference, to, text}` with Idempotency-Key, and `GET /messages/{reference}`."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        """The client carries the address, the key and a timeout."""
        self._client = client

    async def send(self, letter: Letter) -> Outcome:
        """Hand the short text over."""
        try:
            answer = await self._client.post(
                "/messages",
                json={"reference": str(letter.reference), "to": letter.address, "text": letter.short},
                headers={"Idempotency-Key": str(letter.reference)},
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return OtherSideAway("sms unreachable")
        except httpx.HTTPError:
            return Unsure("reply lost")
        if answer.is_success:
            return Accepted()
        if answer.status_code in (408, 425, 429):
            return Refused(f"sms {answer.status_code}", permanent=False)
        if answer.is_server_error:
            # It may have failed after passing the message on.
            return Unsure(f"sms {answer.status_code}")
        return Refused(f"sms {answer.status_code}", permanent=True)

    async def query(self, reference: UUID) -> Outcome | None:
        """What became of a message. One that the gateway has never seen was not sent, and may be."""
        try:
            answer = await self._client.get(f"/messages/{reference}")
            if answer.status_code == 404:
                return Refused("sms not taken", permanent=False)
            if not answer.is_success:
                return OtherSideAway(f"sms {answer.status_code}")
            told = _Told.model_validate_json(answer.content)
        except httpx.HTTPError:
            return OtherSideAway("sms unreachable")
        except ValidationError:
            return Unsure("sms unreadable")
        if told.state == "accepted":
            return Accepted()
        return Refused("sms refused", permanent=True) if told.state == "refused" else Refused("sms not taken", False)
