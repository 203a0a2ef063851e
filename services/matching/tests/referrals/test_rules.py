"""When a referral may be made, and what may become of it."""

from datetime import date

import pytest

from matching.referrals import rules
from matching.referrals.rules import Consent, State

from ..recommendations.worlds import a_jobseeker, a_vacancy


@pytest.mark.parametrize(
    ("state", "following"),
    [
        ("made", {"interview", "declined", "hired", "withdrawn"}),
        ("interview", {"declined", "hired", "withdrawn"}),
        ("declined", set()),
        ("hired", set()),
        ("withdrawn", set()),
    ],
)
def test_what_is_settled_stays_settled(state: State, following: set[State]) -> None:
    assert rules.NEXT[state] == following
    assert (state in rules.UNSETTLED) == bool(following)


@pytest.mark.parametrize(
    ("state", "consent", "agrees", "shown"),
    [
        ("made", "standing", True, True),
        ("interview", "standing", True, True),
        ("made", "standing", False, False),
        ("interview", "standing", False, False),
        ("interview", "asked", False, True),
        ("hired", "standing", False, True),
        ("declined", "asked", True, False),
        ("withdrawn", "asked", True, False),
    ],
)
def test_an_employer_learns_who_it_is_while_there_is_something_to_arrange_and_consent(
    state: State, consent: Consent, agrees: bool, shown: bool
) -> None:
    assert rules.shows_candidate(state, consent, agrees=agrees, taken_back=False) == shown


def test_an_employer_no_longer_learns_who_it_was_once_the_hire_is_taken_back() -> None:
    assert not rules.shows_candidate("hired", "asked", agrees=True, taken_back=True)


@pytest.mark.parametrize(
    ("jobseeker", "vacancy", "consent", "refused"),
    [
        ({}, {}, "standing", None),
        ({}, {}, "asked", None),
        ({}, {}, None, "no_consent"),
        ({"stopped_on": date(2026, 11, 20), "stop_reason": "employed"}, {}, "asked", "not_registered"),
        ({}, {"status": "paused"}, "asked", "vacancy_not_open"),
        ({}, {"status": "filled"}, "standing", "vacancy_not_open"),
    ],
)
def test_a_referral_needs_a_registration_consent_and_an_open_vacancy(
    jobseeker: dict[str, object], vacancy: dict[str, object], consent: Consent | None, refused: str | None
) -> None:
    assert rules.refusal(a_jobseeker(**jobseeker), a_vacancy(**vacancy), consent) == refused


@pytest.mark.parametrize(
    ("visible", "matching_consent", "asked", "consent"),
    [
        (True, True, False, "standing"),
        (False, True, False, None),
        (True, False, False, None),
        (False, False, True, "asked"),
        (True, True, True, "asked"),
    ],
)
def test_consent_stands_for_who_is_visible_and_is_asked_of_others(
    visible: bool, matching_consent: bool, asked: bool, consent: Consent | None
) -> None:
    jobseeker = a_jobseeker(visible=visible, matching_consent=matching_consent)

    assert rules.consent_of(jobseeker, asked=asked) == consent


@pytest.mark.parametrize(("written", "told"), [("skills", "skills"), ("홍길동 님은 …", "other"), (None, None)])
def test_only_listed_reasons_of_an_answer_are_told(written: str | None, told: str | None) -> None:
    assert rules.told_answer_reason(written) == told


@pytest.mark.parametrize(("written", "told"), [("jobseeker_asked", "jobseeker_asked"), ("이사를 갔습니다", "other")])
def test_only_listed_reasons_of_a_withdrawal_are_told(written: str, told: str) -> None:
    assert rules.told_withdrawal_reason(written) == told
