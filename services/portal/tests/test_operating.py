"""What the operator sees of the flow of events, and does about what is parked."""

import json

from .answers import PARKED_PATH
from .conftest import Browser, SignIn, sent
from .fakes import Fake

AGGREGATE = "/operator/matching/parked/matching.recommendations/registration.vacancy.v1/v-1"
ENGLISH = {"accept-language": "en"}


async def test_an_operator_sees_what_waits_how_long_and_what_went_wrong_last(browser: Browser, sign_in: SignIn) -> None:
    sign_in("operator")

    shown = (await browser.get("/operator", headers=ENGLISH)).text

    assert "3 to tell, the oldest for 0.1 s" in shown
    assert "2 records that cannot be read" in shown
    assert "Last problem: matching.recommendations: TimeoutError" in shown


async def test_a_preview_asks_for_no_reason(browser: Browser, sign_in: SignIn, services: dict[str, Fake]) -> None:
    sign_in("operator")

    answer = await sent(browser, AGGREGATE, {"decision": "preview"})

    (asked,) = services["matching"].was_asked("POST", f"{PARKED_PATH}/release")
    assert answer.status_code == 200
    assert json.loads(asked.body)["preview"] is True
    assert len(json.loads(asked.body)["reason"]) >= 3
