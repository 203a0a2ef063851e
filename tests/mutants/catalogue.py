"""Every mutant, and every scenario that the sound kit must come through."""

from . import relaying
from .kit import Mutant

MUTANTS: list[Mutant] = [*relaying.MUTANTS]
SCENARIOS = list(dict.fromkeys(mutant.scenario for mutant in MUTANTS))
