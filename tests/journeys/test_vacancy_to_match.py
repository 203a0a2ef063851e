"""From an employer's file to a jobseeker's screen, mailbox and the figures."""

import pytest
from aiokafka import AIOKafkaConsumer

from ieum.testing import eventually

from ..running.listener import Frame
from ..running.system import System
from ..running.town import Town
from .files import work24_file, work24_row
from .importing import imported


async def test_a_work24_file_becomes_a_match_on_the_screen_a_letter_and_figures(system: System, town: Town) -> None:
    before = await town.all_figures()
    jobseeker = await town.jobseeker()
    content = work24_file(work24_row(town, 1, title="등대지기"), work24_row(town, 2, closeDt="26-02-30"))

    async with town.listen(jobseeker) as listener:
        view = await imported(system, "work24.xml", content)
        frame = await listener.first()

    assert (view["rows_read"], view["taken"], view["rejected"]) == (2, 1, 1)
    assert frame.kind == "match_proposed"
    assert "등대지기" in str(frame.data["title"])
    (match,) = await town.matches(jobseeker)
    assert match["vacancy"]["title"] == "등대지기"
    assert match["score"] == sum(part["points"] for part in match["parts"])

    async def letter() -> list[dict[str, str]]:
        answer = await system.clients["mailbox"].get("/messages", params={"to": jobseeker.email})
        items: list[dict[str, str]] = answer.json()["items"]
        return items

    (mail,) = await eventually("the letter", letter)
    assert "등대지기" in mail["text"]
    await town.figures_grow(before, openings=1, jobseekers=1)


async def test_a_jobseeker_who_comes_after_the_vacancy_is_told_of_it(town: Town) -> None:
    employer = await town.employer()
    vacancy_id = await town.open_vacancy(employer)

    jobseeker = await town.jobseeker()

    (match,) = await eventually("the match", lambda: town.matches(jobseeker))
    assert match["vacancy"]["vacancy_id"] == vacancy_id


async def test_reconnecting_with_the_last_id_misses_and_doubles_nothing_while_matches_keep_coming(town: Town) -> None:
    jobseeker, employer = await town.jobseeker(), await town.employer()
    opened: list[str] = []
    frames: list[Frame] = []
    last: int | None = 0

    while len(frames) < 10:
        opened += [await town.open_vacancy(employer, title=f"자리 {n}") for n in range(2) if len(opened) + n < 10]
        async with town.listen(jobseeker, after=last, most=1) as listener:
            frames += await listener.full()
        last = frames[-1].number

    assert [frame.number for frame in frames] == list(range(1, 11))
    assert sorted(frame.data["params"]["vacancy_id"] for frame in frames) == sorted(opened)


async def test_one_trace_spans_the_journey_from_the_post_to_the_event_that_the_notification_is_made_of(
    system: System, town: Town
) -> None:
    jobseeker, employer = await town.jobseeker(), await town.employer()
    trace_id = "5ba9a1f0c2d34e5f8a7b6c5d4e3f2a1b"
    topic = "matching.match.v1"

    await town.open_vacancy(employer, headers={"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"})

    async with AIOKafkaConsumer(
        topic, bootstrap_servers=system.processes.kafka.bootstrap, auto_offset_reset="earliest"
    ) as consumer:

        async def proposal() -> dict[str, bytes] | None:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    if jobseeker.jobseeker_id.encode() in record.value:
                        return dict(record.headers)
            return None

        headers = await eventually("the proposal in Kafka", proposal)
    assert headers["traceparent"].split(b"-")[1].decode() == trace_id


@pytest.mark.parametrize("path", ["registration/jobseekers/{}", "matching/jobseekers/{}/matches"])
async def test_somebody_elses_record_is_forbidden_whether_it_exists_or_not(
    system: System, town: Town, taken_centres: set[str], path: str
) -> None:
    jobseeker = await town.jobseeker()
    elsewhere = await Town.founded(system, taken_centres)
    service, _, template = path.partition("/")
    stranger = await elsewhere.jobseeker()
    answers = []

    for headers in (elsewhere.counsellor, stranger.headers):
        for asked in (jobseeker.jobseeker_id, "00000000-0000-4000-8000-000000000000"):
            answer = await system.clients[service].get("/" + template.format(asked), headers=headers)
            body = {name: value for name, value in answer.json().items() if name not in {"instance", "request_id"}}
            answers.append((answer.status_code, body))

    assert answers[0][0] == 403
    assert [answer for answer in answers if answer != answers[0]] == []
