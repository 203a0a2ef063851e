"""The composition root of registration: the only place that puts its parts together."""

import asyncio
from pathlib import Path

from ieum.service import Service
from registration.centres.opening import keep_centres_open
from registration.contacts import api as contacts
from registration.employers import api as employers
from registration.imports import api as imports
from registration.imports.working import take_imports
from registration.jobseekers import api as jobseekers
from registration.people import api as people
from registration.people.sealing import Sealing
from registration.placements.handlers import reactions as placements
from registration.record_looks import api as record_looks
from registration.record_looks.checking import erase_daily
from registration.reference import api as reference
from registration.settings import Settings
from registration.uploads import api as uploads
from registration.uploads.sweeping import sweep_uploads
from registration.vacancies import api as vacancies
from registration.vacancies.expiry import expire_vacancies


def build(settings: Settings) -> Service:
    """The service as these settings want it; nothing is connected yet. Raises BadDataKey."""
    sealing = Sealing(settings.data_key)
    service = Service(
        "registration",
        settings,
        routers=[
            reference.router,
            people.router,
            contacts.router,
            jobseekers.router,
            record_looks.router,
            employers.router,
            vacancies.router,
            uploads.router,
            imports.router,
        ],
        reactions=[placements],
        migrations=Path(__file__).parents[1] / "migrations",
        workers=[keep_centres_open, erase_daily, expire_vacancies, take_imports, sweep_uploads],
    )
    service.http.state.sealing = sealing
    # Set by the route that accepts a file, so that the worker of the same process begins at once.
    service.http.state.import_waiting = asyncio.Event()
    service.http.state.demo_sign_in = settings.demo_sign_in
    return service
