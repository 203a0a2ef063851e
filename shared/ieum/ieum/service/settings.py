"""What a service is told by its environment, read once and never changed."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from ieum.http.identity import SHORTEST_KEY
from ieum.telemetry.logs import Level

_SECRETS = Path("/run/secrets")


class ServiceSettings(BaseSettings):
    """Settings every service has; subclass it for more. Environment names are the upper-case field names.

    A file of /run/secrets named after a field gives its value where the environment does not.
    Secrets are left out of `repr`, so that a logged settings object gives nothing away.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        env_ignore_empty=True,
        secrets_dir=_SECRETS if _SECRETS.is_dir() else None,
    )

    database_url: str | None = Field(None, repr=False, description="PostgreSQL; None for a service without tables")
    database_schema: str | None = Field(None, description="The service's own schema; None keeps the role's search path")
    database_pool_size: int = Field(10, ge=1, le=200, description="Most connections of this process")
    kafka_bootstrap: str | None = Field(None, description="host:port[,host:port]; None for a service without events")
    instance: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9._-]{1,100}$",
        description="This process's own name among those of its service, the same after a restart (a StatefulSet's "
        "pod): it goes on at once after a crash. No two may share one. None: it waits for its predecessor's session",
    )
    topics_file: Path = Field(Path("deploy/topics.yaml"), description="Every topic of the system, as data")
    http_host: str = "127.0.0.1"
    http_port: int = Field(8000, ge=0, le=65_535)
    trusted_proxies: str | None = Field(
        None, description="Addresses whose X-Forwarded-For is believed, comma-separated; None: nobody's"
    )
    identity_key: str = Field(
        min_length=SHORTEST_KEY, repr=False, description="Signs and checks callers' tokens (HS256)"
    )
    log_level: Level = "INFO"
    otel_exporter_otlp_endpoint: str | None = Field(None, description="Where spans go (OTLP over HTTP); None: nowhere")
