from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from notifications.messages.events import PlacementRecorded, PlacementReversed
from notifications.messages.rules import VacancyFacts, drafts_of, fresh, numbered, vacancy_facts

Make = Callable[..., Any]

NOON = datetime(2026, 11, 20, 3, tzinfo=UTC)


def test_a_match_is_told_to_the_jobseeker(proposed: Make) -> None:
    event = proposed("jobseeker-1", "vacancy-9", title="용접원", employer_name="한빛정공", score=87)

    (draft,) = drafts_of(event)

    assert (draft.recipient_id, draft.kind, draft.centre_code) == ("jobseeker-1", "match_proposed", "11010")
    assert (draft.event_id, draft.occurred_at) == (event.event_id, event.occurred_at)
    assert draft.params == {
        "match_id": event.aggregate_id,
        "vacancy_id": "vacancy-9",
        "title": "용접원",
        "employer_name": "한빛정공",
        "score": 87,
    }


def test_a_match_that_is_proposed_again_is_no_news(proposed: Make) -> None:
    assert drafts_of(proposed(version=2)) == []


def test_a_referral_is_told_to_the_jobseeker_and_to_the_employer(referred: Make) -> None:
    drafts = drafts_of(referred())

    assert [(draft.recipient_id, draft.kind) for draft in drafts] == [
        ("jobseeker-1", "referral_made"),
        ("employer:employer-1", "referral_received"),
    ]


def test_an_answer_is_told_to_the_jobseeker_and_to_the_counsellor(answered: Make) -> None:
    drafts = drafts_of(answered(answer="hired"))

    assert [(draft.recipient_id, draft.kind, draft.params["answer"]) for draft in drafts] == [
        ("jobseeker-1", "referral_answered", "hired"),
        ("counsellor-1", "referral_result", "hired"),
    ]


@pytest.mark.parametrize(
    ("event_type", "kind"), [(PlacementRecorded, "placement_recorded"), (PlacementReversed, "placement_reversed")]
)
def test_a_placement_and_its_reversal_are_told_to_the_jobseeker(
    event_type: type[PlacementRecorded | PlacementReversed], kind: str
) -> None:
    event = event_type(
        jobseeker_id="j", vacancy_id="v", employer_id="e", centre_code="11010", hired_on=date(2026, 11, 2)
    )

    draft, *_ = drafts_of(event.received("placement-1"))

    assert (draft.recipient_id, draft.kind) == ("j", kind)
    assert draft.params == {"placement_id": "placement-1", "vacancy_id": "v", "hired_on": "2026-11-02"}


def test_a_reversal_is_told_to_the_employer_too_whose_opening_is_free_again() -> None:
    event = PlacementReversed(
        jobseeker_id="j", vacancy_id="v", employer_id="e", centre_code="11010", hired_on=date(2026, 11, 2)
    )

    _, draft = drafts_of(event.received("placement-1"))

    assert (draft.recipient_id, draft.kind) == ("employer:e", "hire_reversed")
    assert draft.params["jobseeker_id"] == "j"


def test_only_news_is_kept_and_each_once(proposed: Make) -> None:
    (told,), (new,) = drafts_of(proposed()), drafts_of(proposed())

    news = fresh([told, new, new], {(told.event_id, told.recipient_id)})

    assert news == [new]


def test_numbers_go_on_from_each_recipients_head(proposed: Make) -> None:
    drafts = [drafts_of(proposed(jobseeker_id))[0] for jobseeker_id in ("a", "b", "a")]

    told = numbered(drafts, {"a": 4, "b": 0})

    assert [(seq, draft.recipient_id) for seq, draft in told] == [(5, "a"), (1, "b"), (6, "a")]


def test_of_each_vacancy_the_newest_facts_are_kept(proposed: Make) -> None:
    older = proposed(vacancy_id="v-2", title="용접", occurred_at=NOON)
    newer = proposed(vacancy_id="v-2", title="용접원", occurred_at=NOON + timedelta(minutes=1))
    other = proposed(vacancy_id="v-1", title="조리원", occurred_at=NOON)

    facts = vacancy_facts([newer, older, other])

    assert facts == [
        VacancyFacts("v-1", "조리원", "한빛정공", NOON),
        VacancyFacts("v-2", "용접원", "한빛정공", NOON + timedelta(minutes=1)),
    ]
