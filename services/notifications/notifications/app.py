"""The composition root: the only place where this service's parts are put together."""

import asyncio
from collections.abc import Collection
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import httpx

from ieum.http import Peer, as_service
from ieum.service import Service
from notifications.delivery import api as deliveries
from notifications.delivery.contacts import Contacts
from notifications.delivery.letters import LetterWriter
from notifications.delivery.ports import Provider
from notifications.delivery.rules import Pace
from notifications.delivery.sender import Sender, SenderLimits
from notifications.delivery.sms import SmsGateway
from notifications.delivery.smtp import MailServer, SmtpMail
from notifications.live.api import live_routes
from notifications.live.hub import Hub
from notifications.messages.api import message_routes
from notifications.messages.kinds import Channel
from notifications.messages.texts import Texts
from notifications.preferences.api import preference_routes
from notifications.settings import Settings
from notifications.telling.handlers import Telling, configure, reactions

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def build(settings: Settings) -> Service:
    """The service, not started yet."""
    texts = Texts()
    writer = LetterWriter(texts, settings.portal_url)
    hub = Hub(texts, settings.live_poll)
    letters_due = asyncio.Event()
    pace = Pace(
        timedelta(seconds=settings.digest_quiet), timedelta(seconds=settings.digest_window), settings.letter_attempts
    )
    channels: tuple[Channel, ...] = ("email", "sms") if settings.sms_url else ("email",)

    def announce(recipient_ids: Collection[str]) -> None:
        hub.wake(recipient_ids)
        letters_due.set()

    async def fan_out(service: Service) -> None:
        await hub.run(service.database.reading)

    async def send_letters(service: Service) -> None:
        async with AsyncExitStack() as stack:
            registration = await stack.enter_async_context(
                Peer("registration", settings.registration_url, as_service("notifications", settings.identity_key))
            )
            providers: dict[Channel, Provider] = {"email": SmtpMail(_mail_server(settings))}
            if settings.sms_url:
                client = await stack.enter_async_context(_sms_client(settings.sms_url, settings.sms_key or ""))
                providers["sms"] = SmsGateway(client)
            limits = SenderLimits(lanes=settings.letter_lanes)
            sender = Sender(service.database, providers, Contacts(registration), writer, pace, limits, letters_due)
            await sender.run()

    service = Service(
        "notifications",
        settings,
        routers=[message_routes(texts), live_routes(hub), preference_routes(writer.languages), deliveries.router],
        reactions=[reactions],
        migrations=MIGRATIONS,
        workers=[fan_out, send_letters],
    )
    configure(service.database, Telling(pace, channels, announce))
    return service


def _mail_server(settings: Settings) -> MailServer:
    return MailServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.mail_from,
        settings.mail_from_name,
        settings.smtp_user,
        settings.smtp_password,
        settings.smtp_start_tls,
    )


def _sms_client(url: str, key: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=10.0)
