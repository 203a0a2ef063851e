"""The composition root: what the evaluation service is made of."""

from pathlib import Path

import evaluation.evidence.api
import evaluation.figures.api
import evaluation.indicators.api
import evaluation.live.api
import evaluation.scopes.api
from evaluation.figures.handlers import reactions
from evaluation.live.watch import watch_of
from evaluation.settings import Settings
from ieum.service import Service

MIGRATIONS = Path(__file__).parents[1] / "migrations"


async def watch_figures(service: Service) -> None:
    """Worker: tells open pages of changed figures."""
    await watch_of(service.database).run(service.database)


def build(settings: Settings) -> Service:
    """The service, not yet connected to anything."""
    return Service(
        "evaluation",
        settings,
        routers=[
            evaluation.scopes.api.router,
            evaluation.indicators.api.router,
            # /figures/children before /figures/{indicator}/…: the first route that fits answers.
            evaluation.figures.api.router,
            evaluation.evidence.api.router,
            evaluation.live.api.router,
        ],
        reactions=[reactions],
        migrations=MIGRATIONS,
        workers=[watch_figures],
    )
