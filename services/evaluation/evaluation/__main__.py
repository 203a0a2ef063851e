"""`python -m evaluation serve | migrate | recompute`, and the commands of the kit."""

from evaluation.app import build
from evaluation.recomputation.command import RECOMPUTE
from evaluation.settings import Settings
from ieum.service import main

main(build, Settings, {"recompute": RECOMPUTE})
