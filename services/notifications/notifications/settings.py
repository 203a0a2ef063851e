"""What this service is told by its environment, beside what every service is told."""

from pydantic import Field, model_validator

from ieum.service import ServiceSettings


class Settings(ServiceSettings):
    """Environment names are the upper-case field names. Durations are seconds."""

    portal_url: str = Field("http://127.0.0.1:8080", description="Where letters lead to")
    registration_url: str = Field("http://127.0.0.1:8001", description="Whom to ask for contacts")

    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(1025, ge=1, le=65_535)
    smtp_user: str | None = None
    smtp_password: str | None = Field(None, repr=False)
    smtp_start_tls: bool | None = Field(None, description="None: when the server offers it")
    mail_from: str = Field("no-reply@ieum.example", pattern=r"^[^@\s]+@[^@\s]+$")
    mail_from_name: str = "고용센터 이음"
    sms_url: str | None = Field(None, description="An SMS gateway; None: no messages by SMS")
    sms_key: str | None = Field(None, repr=False)

    letter_lanes: int = Field(8, ge=1, le=100, description="Letters on their way out at once")
    letter_attempts: int = Field(8, ge=1, description="Temporary refusals until a letter is undeliverable")
    digest_quiet: float = Field(10, ge=0, description="A digest waits until nothing was added for so long")
    digest_window: float = Field(60, ge=0, description="… but never longer than this")
    live_poll: float = Field(0.25, gt=0, le=10, description="Until news of another replica is noticed on open pages")

    @model_validator(mode="after")
    def _sms_whole(self) -> "Settings":
        if self.sms_url and not self.sms_key:
            raise ValueError("SMS_URL needs SMS_KEY")
        return self
