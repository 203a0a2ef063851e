"""The demo's vacancy file, in the layout Work24 publishes."""

from datetime import date

from ieum_local.demo.sample import work24


def vacancy_file(rows: int, *, day: date) -> bytes:
    """A Work24 list of fictitious vacancies, the same for the same day and length."""
    return b"".join(work24(rows, seed=19, day=day))
