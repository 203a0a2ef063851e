"""How much memory a set of processes takes."""

from collections.abc import Iterable

import psutil


def resident(processes: Iterable[psutil.Process]) -> tuple[int, int]:
    """(bytes, processes): resident memory, pages shared between processes counted once where the system can tell."""
    total = count = 0
    for process in processes:
        try:
            full = process.memory_full_info()
            total += getattr(full, "pss", full.rss)
        except psutil.AccessDenied:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
        count += 1
    return total, count


def gigabytes(size: int) -> str:
    """For people: 1.23 GB."""
    return f"{size / 1e9:.2f} GB"
