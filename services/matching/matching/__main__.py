"""`python -m matching serve | migrate`, and the commands of the kit."""

from ieum.service import main
from matching.app import build
from matching.settings import Settings

main(build, Settings)
