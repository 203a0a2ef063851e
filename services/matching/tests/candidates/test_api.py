"""Candidates over HTTP: exactly the best ten of those who may be shown, without names."""

import random
from collections.abc import Awaitable, Callable

import httpx
import pytest

from ieum.testing.client import Tokens
from matching.recommendations import rules

from ..recommendations import telling
from ..recommendations.worlds import A_JOBSEEKER, A_VACANCY, a_jobseeker, a_vacancy, random_jobseeker, random_vacancy

Hear = Callable[..., Awaitable[None]]


async def test_candidates_equal_brute_force_over_everybody_who_may_be_shown(
    service_client: httpx.AsyncClient, hear: Hear, as_counsellor: dict[str, str]
) -> None:
    chance = random.Random(3)
    jobseekers = [random_jobseeker(chance, f"j-{n:03}") for n in range(150)]
    vacancies = [random_vacancy(chance, f"v-{n:02}") for n in range(15)]
    await hear(*(event for one in jobseekers for event in telling.all_of_jobseeker(one)))
    await hear(*(event for one in vacancies for event in telling.all_of_vacancy(one)))
    lengths = set()

    for vacancy in vacancies:
        answer = await service_client.get(f"/vacancies/{vacancy.vacancy_id}/candidates", headers=as_counsellor)

        found = [(item["score"], item["jobseeker_id"]) for item in answer.json()["items"]]
        expected = [
            (rules.total(verdict), one.jobseeker_id)
            for one in jobseekers
            if one.visible and (verdict := rules.judge(vacancy, one)) is not None
        ]
        assert found == sorted(expected, key=lambda pair: (-pair[0], pair[1]))[:10]
        lengths.add(len(found))
    assert 10 in lengths


async def test_a_candidate_is_shown_in_the_employers_words_and_without_figures(
    service_client: httpx.AsyncClient, pair: None, as_employer: dict[str, str]
) -> None:
    (candidate,) = (await service_client.get("/vacancies/v-1/candidates", headers=as_employer)).json()["items"]

    assert set(candidate) == {"jobseeker_id", "score", "rank", "parts", "proposed_at", "referral"}
    assert sum(part["points"] for part in candidate["parts"]) == candidate["score"]
    assert candidate["parts"][2]["text"]["en"] == "Your pay meets what this person asks for"


async def test_who_does_not_want_to_be_seen_or_matched_is_no_candidate(
    service_client: httpx.AsyncClient, hear: Hear, as_employer: dict[str, str]
) -> None:
    await hear(
        telling.opened(A_VACANCY),
        telling.registered(a_jobseeker(jobseeker_id="j-hidden", visible=False)),
        telling.registered(a_jobseeker(jobseeker_id="j-unwilling", matching_consent=False)),
    )

    answer = await service_client.get("/vacancies/v-1/candidates", headers=as_employer)

    assert answer.json()["items"] == []


async def test_a_candidate_for_whom_ten_others_are_better_has_not_been_told(
    service_client: httpx.AsyncClient, hear: Hear, as_employer: dict[str, str]
) -> None:
    better = [a_vacancy(vacancy_id=f"v-better-{n}", hourly_pay=20_000, weekly_hours=45) for n in range(10)]
    await hear(
        *(telling.opened(one) for one in [A_VACANCY, *better]),
        telling.registered(a_jobseeker(jobseeker_id="j-full")),
        telling.registered(a_jobseeker(jobseeker_id="j-told", weekly_hours_max=40)),
    )

    items = (await service_client.get("/vacancies/v-1/candidates", headers=as_employer)).json()["items"]

    assert {item["jobseeker_id"]: item["proposed_at"] is not None for item in items} == {
        "j-full": False,
        "j-told": True,
    }


async def test_staff_see_the_candidates_of_their_own_centre_and_those_whom_employers_do_not_see(
    service_client: httpx.AsyncClient, hear: Hear, as_counsellor: dict[str, str]
) -> None:
    elsewhere = [a_jobseeker(jobseeker_id=f"j-{n:02}", centre_code="99999") for n in range(10)]
    own = [a_jobseeker(jobseeker_id="j-seen"), a_jobseeker(jobseeker_id="j-hidden", visible=False)]
    await hear(telling.opened(A_VACANCY), *(telling.registered(one) for one in [*elsewhere, *own]))

    answer = await service_client.get(
        "/vacancies/v-1/candidates", params={"centre_code": "12012"}, headers=as_counsellor
    )

    assert [item["jobseeker_id"] for item in answer.json()["items"]] == ["j-hidden", "j-seen"]


@pytest.mark.parametrize(
    ("role", "attributes"), [("employer", {"employer_id": "e-1"}), ("counsellor", {"centre_code": "99999"})]
)
async def test_the_candidates_of_a_centre_are_shown_to_its_staff_alone(
    service_client: httpx.AsyncClient, pair: None, tokens: Tokens, role: str, attributes: dict[str, str]
) -> None:
    answer = await service_client.get(
        "/vacancies/v-1/candidates", params={"centre_code": "12012"}, headers=tokens(role, "p-1", **attributes)
    )

    assert answer.status_code == 403


async def test_whoever_suits_can_be_referred_though_ten_others_are_better(
    service_client: httpx.AsyncClient, hear: Hear, as_counsellor: dict[str, str]
) -> None:
    better = [a_vacancy(vacancy_id=f"v-better-{n}", hourly_pay=20_000) for n in range(10)]
    await hear(*(telling.opened(one) for one in [A_VACANCY, *better]), telling.registered(A_JOBSEEKER))

    answer = await service_client.post(
        "/referrals", json={"jobseeker_id": "j-1", "vacancy_id": "v-1"}, headers=as_counsellor
    )

    assert answer.status_code == 201
    found = await service_client.get(
        "/vacancies/v-1/candidates", params={"centre_code": "12012"}, headers=as_counsellor
    )
    (candidate,) = found.json()["items"]
    assert (candidate["proposed_at"], candidate["referral"]["state"]) == (None, "made")


async def test_a_vacancy_that_is_not_open_has_no_candidates(
    service_client: httpx.AsyncClient, pair: None, hear: Hear, as_employer: dict[str, str]
) -> None:
    await hear(telling.became(a_vacancy(status="paused")))

    answer = await service_client.get("/vacancies/v-1/candidates", headers=as_employer)

    assert answer.json()["items"] == []


@pytest.mark.parametrize(
    ("role", "attributes", "vacancy_id", "status"),
    [
        ("employer", {"employer_id": "e-1"}, "v-1", 200),
        ("counsellor", {"centre_code": "99999"}, "v-1", 200),
        ("employer", {"employer_id": "e-2"}, "v-1", 403),
        ("employer", {"employer_id": "e-1"}, "v-unknown", 403),
        ("counsellor", {"centre_code": "12012"}, "v-unknown", 404),
        ("jobseeker", {}, "v-1", 403),
    ],
)
async def test_candidates_are_seen_by_the_employer_and_by_staff(
    service_client: httpx.AsyncClient,
    pair: None,
    tokens: Tokens,
    role: str,
    attributes: dict[str, str],
    vacancy_id: str,
    status: int,
) -> None:
    answer = await service_client.get(f"/vacancies/{vacancy_id}/candidates", headers=tokens(role, "p-1", **attributes))

    assert answer.status_code == status
