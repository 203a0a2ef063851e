"""What this capability hears: which centres there are, and which regional office each belongs to."""

from ieum.messaging import Event


class CentreOpened(Event, topic="registration.centre.v1"):
    """A centre serves people from now on. Its aggregate id is the centre's code."""

    name: str
    regional_office_code: str
    regional_office_name: str
    demonstration: bool = False
