"""`python -m registration serve | migrate | import FOLDER | verify-looks`, and the commands of the kit."""

from ieum.service import Command, main
from registration.app import build
from registration.record_looks.checking import verify
from registration.settings import Settings
from registration.uploads import command as uploads

COMMANDS = {
    "import": Command(
        uploads.run, "take in a folder of vacancy files; Ctrl-C stops, again continues", uploads.arguments
    ),
    "verify-looks": Command(verify, "check that no look at a person's record was changed or is missing"),
}

if __name__ == "__main__":
    main(build, Settings, COMMANDS)
