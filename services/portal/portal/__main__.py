"""`python -m portal serve`."""

from ieum.service import main
from portal.app import build
from portal.settings import Settings

if __name__ == "__main__":
    main(build, Settings)
