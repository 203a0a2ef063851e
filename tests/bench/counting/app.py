"""The composition root, as every service of the system has one."""

from pathlib import Path

from ieum.service import Service, ServiceSettings

from .handlers import reactions
from .pacing import pace

MIGRATIONS = Path(__file__).with_name("migrations")
TOPICS = Path(__file__).with_name("topics.yaml")


class Settings(ServiceSettings):
    """`hears`: without it the service only relays. `paced`: it writes events itself, at a steady rate."""

    hears: bool = True
    paced: bool = False


def build(settings: Settings) -> Service:
    """The service; nothing is connected yet."""
    return Service(
        "bench",
        settings,
        reactions=[reactions] if settings.hears else [],
        migrations=MIGRATIONS,
        workers=[pace] if settings.paced else [],
    )
