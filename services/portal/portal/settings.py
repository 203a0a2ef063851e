"""What the portal is told by its environment."""

from typing import Annotated

from pydantic import Field, StringConstraints

from ieum.service import ServiceSettings

Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+$")]


class Settings(ServiceSettings):
    """Where the other services are, and how the site is reached."""

    registration_url: Address = "http://127.0.0.1:8001"
    matching_url: Address = "http://127.0.0.1:8002"
    evaluation_url: Address = "http://127.0.0.1:8003"
    notifications_url: Address = "http://127.0.0.1:8004"
    portal_url: Address | None = Field(None, description="Where people reach the site; with https, cookies are secure")
    mailbox_url: Address | None = Field(None, description="Where the demonstration's e-mail can be read")

    def url_of(self, service: str) -> str:
        """The address of a service."""
        url: str = getattr(self, f"{service}_url")
        return url
