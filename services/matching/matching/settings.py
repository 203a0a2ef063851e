"""What this service is told by its environment: nothing beyond what every service is told."""

from ieum.service import ServiceSettings


class Settings(ServiceSettings):
    """Settings of the matching service."""
