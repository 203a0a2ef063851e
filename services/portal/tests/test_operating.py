"""What the operator sees of the flow of events, and does about what is parked."""

import json

import pytest

from .answers import OPERATIONS, PARKED_EVENT, PARKED_PATH, page
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


@pytest.mark.parametrize(("waits", "late"), [(0.1, False), (7.2, True)])
async def test_events_that_wait_longer_than_usual_are_called_late(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], waits: float, late: bool
) -> None:
    sign_in("operator")
    for service in services.values():
        service.says("GET", "/operations", {**OPERATIONS, "outbox_oldest_seconds": waits})

    shown = (await browser.get("/operator", headers=ENGLISH)).text

    assert ("Events are late" in shown) == late


async def test_records_that_cannot_be_read_are_shown_with_their_place_and_why(
    browser: Browser, sign_in: SignIn
) -> None:
    sign_in("operator")

    shown = (await browser.get("/operator/matching/unreadable", headers=ENGLISH)).text

    assert "registration.vacancy.v1" in shown
    assert "header ce_id is missing or malformed" in shown


async def test_a_preview_asks_for_no_reason(browser: Browser, sign_in: SignIn, services: dict[str, Fake]) -> None:
    sign_in("operator")

    answer = await sent(browser, AGGREGATE, {"decision": "preview"})

    (asked,) = services["matching"].was_asked("POST", f"{PARKED_PATH}/release")
    assert answer.status_code == 200
    assert json.loads(asked.body)["preview"] is True
    assert len(json.loads(asked.body)["reason"]) >= 3


async def test_the_second_operator_sees_who_asked_for_a_skip_and_why_and_the_first_cannot_agree(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("operator")
    request = {"asked_by": "another-operator", "asked_at": "2026-11-23T00:05:00Z", "reason": "시험으로 보낸 기록"}
    services["matching"].says("GET", PARKED_PATH, {**page(PARKED_EVENT), "skip_asked": request})
    second = (await browser.get(AGGREGATE, headers=ENGLISH)).text
    services["matching"].says("GET", PARKED_PATH, {**page(PARKED_EVENT), "skip_asked": {**request, "asked_by": "o-1"}})
    first = (await browser.get(AGGREGATE, headers=ENGLISH)).text

    assert "Operator another- asked to skip" in second
    assert "시험으로 보낸 기록" in second
    assert "Agree: skip the first event for good" in second
    assert "You asked to skip the first event" in first
    assert 'value="skip"' not in first


async def test_a_skip_means_the_event_that_was_looked_at(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("operator")
    shown = (await browser.get(AGGREGATE, headers=ENGLISH)).text

    await sent(browser, AGGREGATE, {"decision": "skip", "reason": "시험으로 보낸 기록", "version": "3"})

    (asked,) = services["matching"].was_asked("POST", f"{PARKED_PATH}/skip")
    assert f'name="version" value="{PARKED_EVENT["version"]}"' in shown
    assert json.loads(asked.body)["version"] == "3"
