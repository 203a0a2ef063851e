"""The composition root of registration: the only place that puts its parts together."""

from pathlib import Path

from ieum.service import Service
from registration.centres.opening import keep_centres_open
from registration.jobseekers import api as jobseekers
from registration.people import api as people
from registration.people.sealing import Sealing
from registration.record_looks import api as record_looks
from registration.record_looks.checking import erase_daily
from registration.reference import api as reference
from registration.settings import Settings


def build(settings: Settings) -> Service:
    """The service as these settings want it; nothing is connected yet. Raises BadDataKey."""
    sealing = Sealing(settings.data_key)
    service = Service(
        "registration",
        settings,
        routers=[reference.router, people.router, jobseekers.router, record_looks.router],
        migrations=Path(__file__).parents[1] / "migrations",
        workers=[keep_centres_open, erase_daily],
    )
    service.http.state.sealing = sealing
    service.http.state.demo_sign_in = settings.demo_sign_in
    return service
