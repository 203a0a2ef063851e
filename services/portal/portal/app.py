"""The composition root of the portal: connections to the other services, pages, static files, headers."""

import asyncio

from fastapi import APIRouter

from ieum.service import Service
from portal.caseload.pages import router as caseload
from portal.codes.lists import Lists
from portal.developers.pages import router as developers
from portal.failures import handle_failures, problem_page
from portal.figures.pages import router as figures
from portal.home.jobseeker import router as jobseekers_home
from portal.home.pages import router as home
from portal.imports.pages import router as imports
from portal.jobseekers.pages import router as jobseekers
from portal.layout.headers import SafetyHeaders
from portal.layout.static import static_files
from portal.live.pages import router as live
from portal.matches.pages import router as matches
from portal.messages.pages import router as messages
from portal.operations.pages import router as operations
from portal.placements.pages import router as placements
from portal.places import Places
from portal.referrals.pages import router as referrals
from portal.services import SERVICES, Lines
from portal.settings import Settings
from portal.sign_in.standing import Posts
from portal.vacancies.centre import router as open_vacancies
from portal.vacancies.pages import router as vacancies
from portal.visit import Site

PAGES: tuple[APIRouter, ...] = (
    home,
    jobseekers_home,
    jobseekers,
    matches,
    messages,
    vacancies,
    open_vacancies,
    imports,
    referrals,
    placements,
    caseload,
    figures,
    operations,
    developers,
    live,
)


def build(settings: Settings) -> Service:
    """The portal as a service without database and events."""
    lines = Lines({name: settings.url_of(name) for name in SERVICES})

    async def hold_lines(_: Service) -> None:
        """Closes the connections to the other services when the portal stops."""
        try:
            await asyncio.Event().wait()
        finally:
            await lines.close()

    service = Service(
        "portal", settings, routers=PAGES, workers=[hold_lines], version="1.0.0", problem_page=problem_page
    )
    service.http.state.site = Site(settings, lines, Lists(), Posts(), Places())
    service.http.openapi_url = None
    for path, files in static_files().items():
        service.http.mount(path, files)
    service.http.add_middleware(SafetyHeaders)
    handle_failures(service.http)
    return service
