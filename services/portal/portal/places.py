"""How many open pages one process holds: enough for thousands, and never so many that the site itself has no room."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

MOST_PAGES = 3000
"""Measured: an open page takes some 70 KB here, so that all of them fit beside the site into the 512 MB it is given."""

MOST_OF_VISITORS = 2000
"""Open pages of people who are not signed in; they never take the places of those who are."""

MOST_OF_ONE = 30
"""Open pages of one person who is signed in: more than anybody has, fewer than would crowd others out."""

AGAIN_AFTER = 30
"""Seconds after which a page that found no place had better ask again."""


class NoPlaceLeft(Exception):
    """Every place for an open page is taken."""


class Places:
    """The open pages of one process, counted."""

    def __init__(
        self, most: int = MOST_PAGES, most_of_visitors: int = MOST_OF_VISITORS, most_of_one: int = MOST_OF_ONE
    ) -> None:
        self.most = most
        self.most_of_visitors = most_of_visitors
        self.most_of_one = most_of_one
        self._taken: Counter[str | None] = Counter()

    @property
    def left(self) -> int:
        """How many pages can still be opened."""
        return self.most - self._taken.total()

    @contextmanager
    def taken_by(self, person_id: str | None) -> Iterator[None]:
        """A place for one page of a person, or of a visitor who is nobody yet. Raises NoPlaceLeft."""
        most_of_this = self.most_of_visitors if person_id is None else self.most_of_one
        if self.left <= 0 or self._taken[person_id] >= most_of_this:
            raise NoPlaceLeft
        self._taken[person_id] += 1
        try:
            yield
        finally:
            self._taken[person_id] -= 1
            if not self._taken[person_id]:
                del self._taken[person_id]
