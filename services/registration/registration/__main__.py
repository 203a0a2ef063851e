"""`python -m registration serve | migrate | verify-looks`."""

from ieum.service import Command, main
from registration.app import build
from registration.record_looks.checking import verify
from registration.settings import Settings

COMMANDS = {"verify-looks": Command(verify, "check that no look at a person's record was changed or is missing")}

if __name__ == "__main__":
    main(build, Settings, COMMANDS)
