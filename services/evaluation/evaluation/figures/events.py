"""What this capability hears: from each event only what is counted. Everything else in it is ignored."""

from typing import Annotated

from pydantic import Field

from ieum.messaging import Event

CentreCode = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,20}$")]
"""A centre's code. Not checked against known centres: its CentreOpened may come later on its own topic."""

Persons = Annotated[int, Field(ge=0, le=1_000_000_000)]


class VacancyOpened(Event, topic="registration.vacancy.v1"):
    """A vacancy was registered; it asks for `openings` persons."""

    centre_code: CentreCode
    openings: Persons


class VacancyChanged(Event, topic="registration.vacancy.v1"):
    """A vacancy's facts are now these."""

    centre_code: CentreCode
    openings: Persons


class JobseekerRegistered(Event, topic="registration.jobseeker.v1"):
    """A registration period began."""

    centre_code: CentreCode


class JobseekerChanged(Event, topic="registration.jobseeker.v1"):
    """A registration's facts are now these."""

    centre_code: CentreCode


class PlacementRecorded(Event, topic="matching.placement.v1"):
    """A registered jobseeker was hired."""

    centre_code: CentreCode


class PlacementReversed(Event, topic="matching.placement.v1"):
    """A recorded hire turned out to be none."""

    centre_code: CentreCode


Countable = (
    VacancyOpened | VacancyChanged | JobseekerRegistered | JobseekerChanged | PlacementRecorded | PlacementReversed
)
