"""Live streams handed through: the same events, the same ids, nothing missed across a reconnect."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest

from ieum.testing.probes import eventually
from portal.live.pages import whole_frames
from portal.places import NoPlaceLeft, Places

from .conftest import Browser, SignIn
from .fakes import Fake, events, problem

UNLIMITED = httpx.Limits(max_connections=None)
FRAME = 'event: match_proposed\nid: 8\ndata: {"seq": 8}\n\n'


async def first_event(browser: Browser, path: str, headers: dict[str, str] | None = None) -> str:
    async with browser.stream("GET", path, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        received = ""
        async for piece in answer.aiter_text():
            received += piece
            if "event:" in received and received.endswith("\n\n"):
                return received
    raise AssertionError(received)


@pytest.mark.parametrize(
    ("path", "service"), [("/live", "notifications"), ("/live/figures", "evaluation"), ("/live/nation", "evaluation")]
)
async def test_events_arrive_as_the_service_sent_them(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], path: str, service: str
) -> None:
    sign_in("jobseeker")
    services[service].says("GET", "/stream", events(FRAME))

    received = await first_event(browser, path)

    assert received.endswith(FRAME)


@pytest.mark.parametrize(
    ("headers", "query"), [({"last-event-id": "7"}, ""), ({}, "?last_event_id=7")], ids=["header", "address"]
)
async def test_the_last_event_seen_is_passed_on(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], headers: dict[str, str], query: str
) -> None:
    sign_in("jobseeker")
    services["notifications"].says("GET", "/stream", events(FRAME))

    await first_event(browser, f"/live{query}", headers)

    assert services["notifications"].was_asked("GET", "/stream")[0].headers["last-event-id"] == "7"


async def test_a_first_connection_names_no_last_event(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("jobseeker")
    services["notifications"].says("GET", "/stream", events(FRAME))

    await first_event(browser, "/live")

    assert "last-event-id" not in services["notifications"].was_asked("GET", "/stream")[0].headers


async def test_a_silent_service_is_an_error_and_not_an_empty_stream(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("jobseeker")
    services["notifications"].says("GET", "/stream", problem(503, "no"))

    answer = await browser.get("/live")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"


async def test_a_stream_that_ends_at_the_other_end_ends_here(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    from starlette.responses import Response

    sign_in("jobseeker")
    services["notifications"].says("GET", "/stream", Response(FRAME, media_type="text/event-stream"))

    answer = await browser.get("/live")

    assert answer.text.endswith(FRAME)


async def test_nobody_listens_to_someone_elses_messages_without_signing_in(browser: Browser) -> None:
    answer = await browser.get("/live")

    assert answer.status_code == 303


async def test_more_pages_are_open_at_once_than_a_client_holds_connections_by_default(
    browser: Browser, services: dict[str, Fake]
) -> None:
    services["evaluation"].says("GET", "/stream", events(FRAME))
    many = 110

    async with AsyncExitStack() as open_pages, httpx.AsyncClient(base_url=browser.base_url, limits=UNLIMITED) as pages:
        statuses = [
            (await open_pages.enter_async_context(pages.stream("GET", "/live/nation", timeout=30))).status_code
            for _ in range(many)
        ]
        first = (await browser.get("/")).text

    assert statuses == [200] * many
    assert "345" in first


async def test_a_visitor_beyond_the_places_is_told_when_to_come_back_and_those_who_sign_in_still_find_one(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], places: Places
) -> None:
    places.most_of_visitors = 1
    services["evaluation"].says("GET", "/stream", events(FRAME))
    services["notifications"].says("GET", "/stream", events(FRAME))

    async with browser.stream("GET", "/live/nation"):
        refused = await browser.get("/live/nation")
        sign_in("jobseeker")
        received = await first_event(browser, "/live")

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
    assert received.endswith(FRAME)


async def test_a_page_that_is_closed_gives_its_place_back(
    browser: Browser, services: dict[str, Fake], places: Places
) -> None:
    places.most = 1
    services["evaluation"].says("GET", "/stream", events(FRAME))

    await first_event(browser, "/live/nation")

    await eventually("the place is free", lambda: places.left == 1)
    await first_event(browser, "/live/nation")


async def test_a_silent_service_takes_no_place(browser: Browser, services: dict[str, Fake], places: Places) -> None:
    services["evaluation"].says("GET", "/stream", problem(503, "no"))

    await browser.get("/live/nation")

    assert places.left == places.most


def test_one_person_cannot_take_the_places_of_all() -> None:
    places = Places(most=3, most_of_one=2)

    with places.taken_by("p-1"), places.taken_by("p-1"):
        with pytest.raises(NoPlaceLeft), places.taken_by("p-1"):
            pass
        with places.taken_by("p-2"):
            assert places.left == 0

    assert places.left == 3


async def test_frames_are_whole_however_the_bytes_arrive() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b"id: 1\nda", b"ta: a\n", b"\nid: 2\ndata: b\n\nid: 3", b"\ndata: unfinished\n"):
            yield piece

    frames = [frame async for frame in whole_frames(pieces())]

    assert frames == [b"id: 1\ndata: a\n\n", b"id: 2\ndata: b\n\n"]
