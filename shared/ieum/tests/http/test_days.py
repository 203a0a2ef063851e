"""Days and instants are written; a number is neither."""

from datetime import UTC, date, datetime

import pytest
from pydantic import BaseModel, ValidationError

from ieum.http import Day, Instant, field_errors


class _Stay(BaseModel):
    on: Day | None = None
    at: Instant | None = None


def _refused(field: str, value: object) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        _Stay.model_validate({field: value})
    errors = field_errors(caught.value.errors())
    assert all("2026-09-19" in error.rule and "2026-09-19" in (error.ko or "") for error in errors)
    return [error.field for error in errors]


def test_a_day_is_read_as_written() -> None:
    assert _Stay.model_validate({"on": "2026-11-23"}).on == date(2026, 11, 23)
    assert _Stay(on=date(2026, 11, 23)).on == date(2026, 11, 23)
    assert _Stay(on=None).on is None


@pytest.mark.parametrize(
    "value",
    [0, 1.5, True, "0", "1767312000", "20260102", "2026-1-2", "2026-02-30", "2026-11-23T00:00:00", "２０２６-01-02"],
)
def test_nothing_else_is_a_day(value: object) -> None:
    assert _refused("on", value) == ["on"]


def test_an_instant_is_read_in_utc_whatever_its_zone() -> None:
    at = _Stay.model_validate({"at": "2026-11-23T10:00:00+09:00"}).at

    assert (at, at and at.tzinfo) == (datetime(2026, 11, 23, 1, tzinfo=UTC), UTC)


@pytest.mark.parametrize(
    "value", [0, "0", "1767312000", "2026-11-23", "yesterday", "0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00"]
)
def test_nothing_else_is_an_instant(value: object) -> None:
    assert _refused("at", value) == ["at"]
