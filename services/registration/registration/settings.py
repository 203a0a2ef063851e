"""What registration is told by its environment."""

from pydantic import Field

from ieum.service import ServiceSettings


class Settings(ServiceSettings):
    """Registration's own settings beside those of every service."""

    data_key: str = Field(repr=False, description="Seals personal data: 32 random bytes, base64 or hexadecimal")
    demo_sign_in: bool = Field(False, description="Whether GET /people lists whom the demo may sign in as")
