"""One way to say how long nearly everybody waited."""

from collections.abc import Iterable


def p99(seconds: Iterable[float]) -> float:
    """The 99th percentile by nearest rank; infinite for nothing, which is no good sign."""
    ordered = sorted(seconds)
    return ordered[max(0, -(-len(ordered) * 99 // 100) - 1)] if ordered else float("inf")
