"""What registration hears of placements: its own narrow view of matching's promise."""

from datetime import date

from ieum.messaging import Event


class PlacementRecorded(Event, topic="matching.placement.v1"):
    """A jobseeker was hired for a vacancy. The aggregate is the placement."""

    jobseeker_id: str
    vacancy_id: str
    hired_on: date


class PlacementReversed(Event, topic="matching.placement.v1"):
    """A placement did not hold, or never was."""

    jobseeker_id: str
    vacancy_id: str
    hired_on: date
