"""For tests only (extra `ieum[testing]`): a database per test, a broker per run, bounded probes, standard cases."""

from ieum.testing.probes import NeverHappened, eventually
from ieum.testing.records import record_of

__all__ = ["NeverHappened", "eventually", "record_of"]
