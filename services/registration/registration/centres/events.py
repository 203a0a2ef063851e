"""What the centres promise."""

from ieum.messaging import Event


class CentreOpened(Event, topic="registration.centre.v1"):
    """A centre exists. The aggregate is the centre, its id the centre's code."""

    name: str
    regional_office_code: str
    regional_office_name: str
    demonstration: bool
