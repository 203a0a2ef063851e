"""Changing and stopping a registration: which version, what is told, and how somebody begins anew."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from ieum.testing.client import Tokens

Form = Callable[..., dict[str, Any]]
Told = Callable[[], Awaitable[list[tuple[str, str, int, dict[str, Any]]]]]


async def test_a_change_takes_the_place_of_what_was_and_names_what_differs(
    service_client: httpx.AsyncClient, me: tuple[str, dict[str, str]], form: Form, told: Told
) -> None:
    person_id, headers = me
    body = form(wishes={"regions": ["00000"], "wage_floor": None}, education="06")

    answer = await service_client.put(f"/jobseekers/{person_id}", json=body, headers={**headers, "If-Match": '"1"'})

    assert answer.status_code == 200
    assert answer.headers["etag"] == '"2"'
    kind, aggregate_id, version, event = (await told())[-1]
    assert (kind, aggregate_id, version) == ("JobseekerChanged", person_id, 2)
    assert sorted(event["changed"]) == ["education", "wage_floor", "wished_regions"]
    assert event["wished_regions"] == ["00000"]


async def test_a_new_phone_number_is_kept_and_no_event_tells_of_it(
    service_client: httpx.AsyncClient, me: tuple[str, dict[str, str]], form: Form, told: Told
) -> None:
    person_id, headers = me
    body = form(person={"phone": "010-9999-8888"})

    answer = await service_client.put(f"/jobseekers/{person_id}", json=body, headers={**headers, "If-Match": '"1"'})

    record = (await service_client.get(f"/jobseekers/{person_id}", headers=headers)).json()
    assert answer.json()["version"] == record["version"] == 2
    assert record["person"]["phone"] == "+821099998888"
    assert [kind for kind, *_ in await told()] == ["JobseekerRegistered"]


async def test_withdrawn_consent_is_told_at_once(
    service_client: httpx.AsyncClient, me: tuple[str, dict[str, str]], form: Form, told: Told
) -> None:
    person_id, headers = me

    await service_client.put(
        f"/jobseekers/{person_id}", json=form(matching_consent=False), headers={**headers, "If-Match": '"1"'}
    )

    kind, _, _, event = (await told())[-1]
    assert (kind, event["matching_consent"], event["visible"]) == ("JobseekerChanged", False, False)
    assert event["changed"] == ["visible", "matching_consent"]


async def test_consent_keeps_the_time_it_was_given_and_a_new_one_has_its_own(
    service_client: httpx.AsyncClient, me: tuple[str, dict[str, str]], form: Form
) -> None:
    person_id, headers = me
    times = []
    for version, consent in enumerate([True, False, True], start=1):
        await service_client.put(
            f"/jobseekers/{person_id}",
            json=form(career_years=version, matching_consent=consent),
            headers={**headers, "If-Match": f'"{version}"'},
        )
        times.append((await service_client.get(f"/jobseekers/{person_id}", headers=headers)).json()["consented_at"])

    assert times[0] is not None
    assert times[1] is None
    assert times[2] > times[0]


@pytest.mark.parametrize(("if_match", "status"), [('"0"', 412), ('"2"', 412), (None, 428), ("1", 422), ('W/"1"', 422)])
async def test_a_change_of_another_version_changes_nothing(
    service_client: httpx.AsyncClient,
    me: tuple[str, dict[str, str]],
    form: Form,
    told: Told,
    if_match: str | None,
    status: int,
) -> None:
    person_id, headers = me
    named = {**headers, "If-Match": if_match} if if_match else headers

    changed = await service_client.put(f"/jobseekers/{person_id}", json=form(education="06"), headers=named)
    stopped = await service_client.post(f"/jobseekers/{person_id}/stop", json={"reason": "employed"}, headers=named)

    assert (changed.status_code, stopped.status_code) == (status, status)
    assert [kind for kind, *_ in await told()] == ["JobseekerRegistered"]


async def test_a_change_against_the_rules_is_refused_and_kept_as_a_change(
    service_client: httpx.AsyncClient, me: tuple[str, dict[str, str]], form: Form, tokens: Tokens
) -> None:
    person_id, headers = me

    answer = await service_client.put(
        f"/jobseekers/{person_id}", json=form(wishes={"regions": []}), headers={**headers, "If-Match": '"1"'}
    )

    (refusal,) = (await service_client.get("/refusals", headers=tokens("ministry", "m"))).json()["items"]
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "wishes.regions"
    assert refusal["change"] is True


async def test_nobody_becomes_somebody_else_who_is_registered(
    service_client: httpx.AsyncClient, me: tuple[str, dict[str, str]], form: Form, tokens: Tokens
) -> None:
    other = str(uuid4())
    await service_client.post("/jobseekers", json=form(person={"name": "이순신"}), headers=tokens("jobseeker", other))

    answer = await service_client.put(
        f"/jobseekers/{other}", json=form(), headers={**tokens("jobseeker", other), "If-Match": '"1"'}
    )

    assert answer.status_code == 409


async def test_a_registration_stops_once_with_a_reason(
    service_client: httpx.AsyncClient, me: tuple[str, dict[str, str]], form: Form, told: Told
) -> None:
    person_id, headers = me
    url = f"/jobseekers/{person_id}"

    stopped = await service_client.post(
        f"{url}/stop", json={"reason": "withdrawn"}, headers={**headers, "If-Match": '"1"'}
    )
    again = await service_client.post(f"{url}/stop", json={"reason": "expired"}, headers={**headers, "If-Match": '"2"'})
    changed = await service_client.put(url, json=form(), headers={**headers, "If-Match": '"2"'})

    view = stopped.json()
    assert (view["state"], view["period"]["reason"]) == ("stopped", "withdrawn")
    assert (again.status_code, changed.status_code) == (409, 409)
    assert again.json()["type"] == "urn:ieum:problem:registration-stopped"
    kind, _, version, event = (await told())[-1]
    assert (kind, version) == ("JobseekerStopped", 2)
    assert event == {"centre_code": "15152", "stopped_on": view["period"]["stopped_on"], "reason": "withdrawn"}


async def test_an_unknown_reason_to_stop_is_refused(
    service_client: httpx.AsyncClient, me: tuple[str, dict[str, str]]
) -> None:
    person_id, headers = me

    answer = await service_client.post(
        f"/jobseekers/{person_id}/stop", json={"reason": "bored"}, headers={**headers, "If-Match": '"1"'}
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "reason"


async def test_who_stopped_registers_again_with_a_new_period(
    service_client: httpx.AsyncClient, me: tuple[str, dict[str, str]], form: Form, told: Told
) -> None:
    person_id, headers = me
    await service_client.post(
        f"/jobseekers/{person_id}/stop", json={"reason": "withdrawn"}, headers={**headers, "If-Match": '"1"'}
    )

    again = await service_client.post("/jobseekers", json=form(), headers=headers)

    record = (await service_client.get(f"/jobseekers/{person_id}", headers=headers)).json()
    assert again.status_code == 201
    assert [(period["number"], period["reason"]) for period in record["periods"]] == [(1, "withdrawn"), (2, None)]
    assert [kind for kind, *_ in await told()] == ["JobseekerRegistered", "JobseekerStopped", "JobseekerRegistered"]
