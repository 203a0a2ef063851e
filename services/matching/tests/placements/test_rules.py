"""When a hire counts as a placement."""

from datetime import date

import pytest

from matching.placements import rules

from ..recommendations.worlds import a_jobseeker, a_vacancy

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("jobseeker", "vacancy", "taken", "hired_on", "refused"),
    [
        ({}, {}, 0, TODAY, None),
        ({}, {}, 0, date(2026, 11, 2), None),
        ({}, {}, 0, date(2026, 11, 1), "hired_before_registration"),
        ({}, {}, 0, date(2026, 12, 1), None),  # agreed today, begins next week
        ({}, {}, 0, date(2027, 2, 21), None),
        ({}, {}, 0, date(2027, 2, 22), "hired_far_ahead"),
        ({}, {}, 1, TODAY, "no_opening_left"),
        ({}, {"openings": 2}, 1, TODAY, None),
        ({}, {"status": "closed"}, 0, TODAY, None),
        ({"stopped_on": TODAY, "stop_reason": "employed"}, {}, 0, TODAY, "not_registered"),
    ],
)
def test_a_hire_counts_within_the_registration_and_the_openings(
    jobseeker: dict[str, object], vacancy: dict[str, object], taken: int, hired_on: date, refused: str | None
) -> None:
    found = rules.refusal(a_jobseeker(**jobseeker), a_vacancy(**vacancy), taken, hired_on, TODAY)

    assert found == refused


@pytest.mark.parametrize(("written", "told"), [("did_not_start", "did_not_start"), ("첫날 나오지 않았습니다", "other")])
def test_only_listed_reasons_are_told(written: str, told: str) -> None:
    assert rules.told_reversal_reason(written) == told
