"""The composition root of a service.

```python
class Settings(ServiceSettings):
    greeting: str = "hello"                       # GREETING in the environment

def build(settings: Settings) -> Service:
    return Service("notes", settings, routers=[notes], reactions=[reactions], migrations=Path(…), workers=[remind])

if __name__ == "__main__":
    main(build, Settings, {"import": Command(run_import, "read a folder of files", add_folder)})
```

`python -m notes serve` answers HTTP at once, waits for PostgreSQL and Kafka and names them in `/readyz` meanwhile,
refuses to run on an older schema, and stops within ten seconds of SIGTERM. `python -m notes migrate` brings the schema
to this release.
"""

from ieum.service.main import Command, main
from ieum.service.service import Service
from ieum.service.settings import ServiceSettings

__all__ = ["Command", "Service", "ServiceSettings", "main"]
