"""Every mutant, and every scenario that the sound kit must come through."""

from . import asking, consuming, hearing, parked, relaying, saying
from .kit import Mutant

MUTANTS: list[Mutant] = [
    *relaying.MUTANTS,
    *saying.MUTANTS,
    *asking.MUTANTS,
    *hearing.MUTANTS,
    *parked.MUTANTS,
    *consuming.MUTANTS,
]
SCENARIOS = list(dict.fromkeys(mutant.scenario for mutant in MUTANTS))
