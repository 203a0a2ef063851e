"""What the two sides of a referral learn of each other, and of what came of it."""

import pytest

from . import nation
from .conftest import Browser, SignIn, sent
from .fakes import Fake

REFERRAL = f"/referrals/{nation.REFERRAL}"
CONTACT = f"/contacts/{nation.JOBSEEKER}"
TAKEN_BACK = {"state": "hired", "placement_id": nation.PLACEMENT, "placement_reversed_at": "2026-11-24T00:00:00Z"}


async def test_an_employer_learns_who_was_put_forward_and_registration_what_for(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("employer")

    page = await browser.get(f"/employer{REFERRAL}/candidate")

    assert "한가온" in page.text
    (asked,) = services["registration"].was_asked("GET", CONTACT)
    assert asked.query["purpose"] == f"referral {nation.REFERRAL[:8]}: 한빛물류"
    assert asked.query["for_employer_person"] == "e-1"


async def test_an_employer_learns_nobodys_name_where_matching_says_so(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("employer")
    services["matching"].says("GET", REFERRAL, {**nation.REFERRAL_VIEW, "shows_candidate": False})

    answer = await browser.get(f"/employer{REFERRAL}/candidate")

    assert answer.headers["location"] == f"/employer{REFERRAL}"
    assert services["registration"].was_asked("GET", CONTACT) == []


async def test_an_answer_is_one_of_those_offered(browser: Browser, sign_in: SignIn, services: dict[str, Fake]) -> None:
    sign_in("employer")

    again = await sent(browser, f"/employer{REFERRAL}", {"own_words": "…"})

    assert again.status_code == 422
    assert "답변 하나를 골라야 합니다." in again.text
    assert services["matching"].was_asked("POST", f"{REFERRAL}/answer") == []


@pytest.mark.parametrize(("role", "path"), [("employer", "/employer"), ("counsellor", "/counsellor")])
async def test_a_hire_that_was_taken_back_is_no_hire_any_more(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], role: str, path: str
) -> None:
    sign_in(role)
    services["matching"].says("GET", REFERRAL, {**nation.REFERRAL_VIEW, **TAKEN_BACK})

    page = await browser.get(f"{path}{REFERRAL}")

    assert "채용 취소됨" in page.text
    assert "2026. 11. 24. 09:00" in page.text
