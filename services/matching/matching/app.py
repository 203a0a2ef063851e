"""The composition root: what the matching service is made of."""

from pathlib import Path

import matching.candidates.api
import matching.placements.api
import matching.recommendations.api
import matching.referrals.api
import matching.reversals.api
from ieum.service import Service
from matching.recommendations.handlers import reactions
from matching.recommendations.rematch import keep_rule_in_force
from matching.settings import Settings

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def build(settings: Settings) -> Service:
    """The service, not yet connected to anything."""
    return Service(
        "matching",
        settings,
        routers=[
            matching.recommendations.api.router,
            matching.candidates.api.router,
            matching.referrals.api.router,
            matching.placements.api.router,
            matching.reversals.api.router,
        ],
        reactions=[reactions],
        migrations=MIGRATIONS,
        workers=[keep_rule_in_force],
    )
