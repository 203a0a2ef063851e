"""`python -m matching serve | migrate`."""

from ieum.service import main
from matching.app import build
from matching.settings import Settings

main(build, Settings)
