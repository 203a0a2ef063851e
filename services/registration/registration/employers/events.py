"""What registration promises about employers, on registration.employer.v1, keyed by employer id."""

from ieum.messaging import Event


class EmployerRegistered(Event, topic="registration.employer.v1"):
    """An employer exists; its region is that of its seat or, for an imported one, of its first vacancy."""

    name: str
    region_code: str
    centre_code: str
    industry: str | None
