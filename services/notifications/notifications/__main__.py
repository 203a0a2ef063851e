"""`python -m notifications serve | migrate`, and the commands of the kit."""

from ieum.service import main
from notifications.app import build
from notifications.settings import Settings

if __name__ == "__main__":
    main(build, Settings)
