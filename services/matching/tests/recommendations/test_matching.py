"""What is proposed and withdrawn, and why."""

from dataclasses import replace
from datetime import date

import pytest

from ieum.database import Database
from matching.market.facts import Vacancy
from matching.recommendations.ranking import place

from . import telling
from .worlds import A_JOBSEEKER, A_VACANCY, a_jobseeker, a_vacancy


def many(count: int, **changes: object) -> list[Vacancy]:
    return [a_vacancy(vacancy_id=f"v-{number:02}", **changes) for number in range(count)]


async def kinds(database: Database) -> list[tuple[str, str, str | None]]:
    """(type, vacancy, reason) of everything told."""
    return [(e["type"], e["body"]["vacancy_id"], e["body"].get("reason")) for e in await telling.told(database)]


async def test_a_new_vacancy_is_proposed_to_whom_it_suits_with_its_score_in_parts(matching_database: Database) -> None:
    await telling.hear(matching_database, telling.registered(A_JOBSEEKER), telling.registered(
        a_jobseeker(jobseeker_id="j-2", wished_occupations=("01C",), centre_code="14010")
    ), telling.registered(a_jobseeker(jobseeker_id="j-3", wished_occupations=("011",))))  # fmt: skip

    await telling.hear(matching_database, telling.opened(A_VACANCY))

    told = {event["body"]["jobseeker_id"]: event for event in await telling.told(matching_database)}
    assert set(told) == {"j-1", "j-2"}
    assert told["j-2"]["body"] == {
        "jobseeker_id": "j-2",
        "vacancy_id": "v-1",
        "centre_code": "14010",
        "employer_id": "e-1",
        "employer_name": "이음상사",
        "title": "투자 분석가를 찾습니다",
        "score": 82,
        "rank": 1,
        "parts": [
            {"name": "occupation", "points": 32, "of": 40},
            {"name": "region", "points": 20, "of": 20},
            {"name": "pay", "points": 7, "of": 15},
            {"name": "employment", "points": 8, "of": 8},
            {"name": "hours", "points": 7, "of": 7},
            {"name": "career", "points": 5, "of": 6},
            {"name": "education", "points": 3, "of": 4},
        ],
    }


async def test_a_new_jobseeker_is_told_the_best_ten_in_order(matching_database: Database) -> None:
    worse = [replace(v, vacancy_id=f"w-{n}", hourly_pay=None) for n, v in enumerate(many(5))]
    await telling.hear(matching_database, *map(telling.opened, [*many(8), *worse]))

    await telling.hear(matching_database, telling.registered(A_JOBSEEKER))

    told = [(e["body"]["rank"], e["body"]["vacancy_id"]) for e in await telling.told(matching_database)]
    assert sorted(told) == [*((n + 1, f"v-{n:02}") for n in range(8)), (9, "w-0"), (10, "w-1")]


async def test_when_a_vacancy_leaves_the_next_best_enters(matching_database: Database) -> None:
    vacancies = many(12)
    await telling.hear(matching_database, *map(telling.opened, vacancies), telling.registered(A_JOBSEEKER))
    before = len(await telling.told(matching_database))

    await telling.hear(matching_database, telling.became(replace(vacancies[3], status="closed")))

    assert sorted((await kinds(matching_database))[before:]) == [
        ("MatchProposed", "v-10", None),
        ("MatchWithdrawn", "v-03", "vacancy_closed"),
    ]


async def test_the_next_best_enters_also_when_no_spare_is_left(matching_database: Database) -> None:
    vacancies = many(40)
    await telling.hear(matching_database, *map(telling.opened, vacancies), telling.registered(A_JOBSEEKER))

    for vacancy in vacancies[:25]:
        await telling.hear(matching_database, telling.became(replace(vacancy, status="closed")))

    kept = await telling.kept(matching_database)
    assert [at.vacancy_id for at in kept["j-1"]] == [f"v-{number}" for number in range(25, 35)]


async def test_a_better_vacancy_pushes_out_the_last(matching_database: Database) -> None:
    await telling.hear(matching_database, *map(telling.opened, many(10)), telling.registered(A_JOBSEEKER))
    before = len(await telling.told(matching_database))

    await telling.hear(matching_database, telling.opened(a_vacancy(vacancy_id="v-x", hourly_pay=20_000)))

    assert sorted((await kinds(matching_database))[before:]) == [
        ("MatchProposed", "v-x", None),
        ("MatchWithdrawn", "v-09", "outranked"),
    ]


async def test_an_equal_vacancy_with_a_greater_id_stays_outside(matching_database: Database) -> None:
    await telling.hear(matching_database, *map(telling.opened, many(10)), telling.registered(A_JOBSEEKER))
    before = await telling.told(matching_database)

    await telling.hear(matching_database, telling.opened(a_vacancy(vacancy_id="v-99")))

    assert await telling.told(matching_database) == before


@pytest.mark.parametrize("status", ["paused", "filled", "closed", "expired"])
async def test_a_withdrawal_says_what_became_of_the_vacancy(matching_database: Database, status: str) -> None:
    await telling.hear(matching_database, telling.opened(A_VACANCY), telling.registered(A_JOBSEEKER))

    await telling.hear(matching_database, telling.became(a_vacancy(status=status)))

    assert (await kinds(matching_database))[-1] == ("MatchWithdrawn", "v-1", f"vacancy_{status}")
    assert await telling.kept(matching_database) == {}


async def test_a_resumed_vacancy_is_proposed_again_as_a_later_event_of_the_same_match(
    matching_database: Database,
) -> None:
    await telling.hear(matching_database, telling.opened(A_VACANCY), telling.registered(A_JOBSEEKER))
    await telling.hear(matching_database, telling.became(a_vacancy(status="paused")))

    await telling.hear(matching_database, telling.became(A_VACANCY))

    told = await telling.told(matching_database)
    assert [(event["type"], event["version"]) for event in told] == [
        ("MatchProposed", 1),
        ("MatchWithdrawn", 2),
        ("MatchProposed", 3),
    ]
    assert len({event["aggregate_id"] for event in told}) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"stopped_on": date(2026, 11, 20), "stop_reason": "employed"}, "jobseeker_stopped"),
        ({"matching_consent": False}, "consent_withdrawn"),
        ({"wished_occupations": ("011",)}, "jobseeker_changed"),
    ],
)
async def test_a_withdrawal_says_what_became_of_the_jobseeker(
    matching_database: Database, change: dict[str, object], reason: str
) -> None:
    await telling.hear(matching_database, telling.opened(A_VACANCY), telling.registered(A_JOBSEEKER))
    after = a_jobseeker(**change)

    await telling.hear(
        matching_database, telling.stopped(after) if after.stopped_on is not None else telling.rewritten(after)
    )

    assert (await kinds(matching_database))[-1] == ("MatchWithdrawn", "v-1", reason)


async def test_a_vacancy_that_changed_and_no_longer_suits_is_withdrawn(matching_database: Database) -> None:
    await telling.hear(matching_database, telling.opened(A_VACANCY), telling.registered(A_JOBSEEKER))

    await telling.hear(matching_database, telling.changed(a_vacancy(hourly_pay=11_000)))

    assert (await kinds(matching_database))[-1] == ("MatchWithdrawn", "v-1", "vacancy_changed")


async def test_a_score_is_told_again_only_when_it_moved_by_ten_points(matching_database: Database) -> None:
    await telling.hear(matching_database, telling.opened(a_vacancy(hourly_pay=None)), telling.registered(A_JOBSEEKER))

    await telling.hear(matching_database, telling.changed(a_vacancy(hourly_pay=13_200)))
    told_once = len(await telling.told(matching_database))
    await telling.hear(matching_database, telling.changed(a_vacancy(hourly_pay=14_400)))
    told_twice = len(await telling.told(matching_database))

    assert (told_once, told_twice) == (1, 2)
    assert await telling.kept(matching_database) == {
        "j-1": [place(telling.score(a_vacancy(hourly_pay=14_400), A_JOBSEEKER), "v-1")]
    }


async def test_a_change_of_title_alone_tells_nothing(matching_database: Database) -> None:
    await telling.hear(matching_database, telling.opened(A_VACANCY), telling.registered(A_JOBSEEKER))
    before = await telling.told(matching_database)

    await telling.hear(matching_database, telling.changed(a_vacancy(title="다른 제목")))

    assert await telling.told(matching_database) == before


async def test_old_region_codes_meet_todays(matching_database: Database) -> None:
    await telling.hear(
        matching_database,
        telling.opened(a_vacancy(region_code="45111")),
        telling.registered(a_jobseeker(wished_regions=("52111", "45111"))),
    )

    assert list(await telling.kept(matching_database)) == ["j-1"]


async def test_matches_move_with_the_jobseeker_to_another_centre(matching_database: Database) -> None:
    await telling.hear(matching_database, telling.opened(A_VACANCY), telling.registered(A_JOBSEEKER))

    await telling.hear(matching_database, telling.rewritten(a_jobseeker(centre_code="14010")))

    async with matching_database.reading() as tx:
        assert await tx.fetchval("SELECT centre_code FROM match") == "14010"


async def test_the_end_of_a_vacancy_never_told_in_full_is_nothing(matching_database: Database) -> None:
    await telling.hear(
        matching_database,
        telling.became(a_vacancy(status="closed")),
        telling.stopped(a_jobseeker(stopped_on=date(2026, 11, 20), stop_reason="employed")),
    )

    assert await telling.told(matching_database) == []


async def test_a_registration_that_goes_on_is_matched_as_before(matching_database: Database) -> None:
    await telling.hear(matching_database, telling.opened(A_VACANCY), telling.registered(A_JOBSEEKER))
    await telling.hear(
        matching_database, telling.stopped(a_jobseeker(stopped_on=date(2026, 11, 20), stop_reason="employed"))
    )
    none = await telling.kept(matching_database)

    await telling.hear(matching_database, telling.resumed(A_JOBSEEKER))

    assert none == {}
    assert await telling.kept(matching_database) == telling.expected([A_VACANCY], [A_JOBSEEKER])
