"""A file as a stream of pieces: what every format's reader does, and why a whole file is refused; pure."""

from typing import Final, Protocol

from registration.imports.rows import Record

MOST_RECORD_BYTES: Final = 1_000_000
"""
One record is a page of text at most. A reader that has been fed more than this since the last whole record refuses the
file: so its memory is bounded by one piece and one record, whatever the file is.
"""

DEEPEST: Final = 32
"""Levels of nesting; a JobPosting has about six."""


class FileRefused(ValueError):
    """A file that cannot be read as a whole: nothing of it is taken. `reason` is a stable word for programs."""

    def __init__(self, reason: str, en: str, ko: str) -> None:
        super().__init__(en)
        self.reason = reason
        self.en = en
        self.ko = ko


class Reader(Protocol):
    """
    Takes a file piece by piece and gives its records as they become whole, without ever waiting for input.

    `feed` and `close` raise FileRefused. The first `skip` records are counted and not given: that is how an import that
    was stopped goes on, and how a file is checked as a whole before its first row is taken.
    """

    @property
    def count(self) -> int:
        """Records that have become whole, the skipped ones included."""

    def feed(self, piece: bytes) -> list[Record]:
        """The records that this piece completes."""

    def close(self) -> list[Record]:
        """The last records. Raises FileRefused where the file ends too early."""


def empty() -> FileRefused:
    """For a file without content."""
    return FileRefused("empty", "The file is empty.", "빈 파일입니다.")


def truncated(where: str, where_ko: str) -> FileRefused:
    """For a file that ends in the middle."""
    return FileRefused(
        "truncated",
        f"The file ends too early, {where}. Was it copied whole?",
        f"파일이 {where_ko} 중간에 끝납니다. 전체가 복사되었는지 확인하십시오.",
    )


def truncated_after(row: int) -> FileRefused:
    """For a file that ends in the middle, this many whole records on."""
    if row == 0:
        return truncated("in its first record", "첫 번째 건의")
    return truncated(f"after record {row}", f"{row}번째 건 다음")


def record_too_large(row: int) -> FileRefused:
    """For a record that does not end."""
    return FileRefused(
        "record_too_large",
        f"Row {row} is longer than {MOST_RECORD_BYTES:,} bytes.",
        f"{row}번째 행이 {MOST_RECORD_BYTES:,}바이트보다 깁니다.",
    )


def too_deep() -> FileRefused:
    """For nesting that no vacancy needs."""
    return FileRefused(
        "too_deep",
        "The file is nested deeper than any vacancy is.",
        "구인 정보에 있을 수 없을 만큼 깊이 중첩된 파일입니다.",
    )
