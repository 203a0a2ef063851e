"""Changes name the version they change: `ETag: "3"` on every read, `If-Match: "3"` on every change."""

import re
from typing import Annotated

from fastapi import Depends, Header

from ieum.http.problems import FieldError, Invalid, StaleVersion, VersionRequired

_ETAG = re.compile(r'"(\d{1,18})"')


def etag(version: int) -> str:
    """The value of the ETag header for a version."""
    return f'"{version}"'


def check_version(current: int, expected: int) -> None:
    """Raise StaleVersion unless the record still has the version that the client read. Lock the row before."""
    if current != expected:
        raise StaleVersion


async def _if_match(
    if_match: Annotated[
        str | None, Header(description="ETag of the version to change", examples=['"3"'], max_length=100)
    ] = None,
) -> int:
    if if_match is None:
        raise VersionRequired
    found = _ETAG.fullmatch(if_match.strip())
    if not found:
        raise Invalid(
            errors=[FieldError(field="if-match", rule='an ETag such as "3"', ko='"3" 형식의 ETag여야 합니다')]
        )
    return int(found[1])


IfMatch = Annotated[int, Depends(_if_match)]
"""The version the client changes; 428 when the header is missing. Then `check_version(row["version"], version)`."""
