"""A new version of the rule makes all matches anew, once."""

import pytest

from ieum.database import Database
from matching.recommendations import rematch, rules
from matching.recommendations.rematch import put_rule_in_force

from . import telling
from .worlds import A_JOBSEEKER, a_jobseeker, a_vacancy

JOBSEEKERS = [A_JOBSEEKER, *(a_jobseeker(jobseeker_id=f"j-{n}") for n in range(2, 6))]
VACANCIES = [a_vacancy(vacancy_id=f"v-{n:02}", hourly_pay=pay) for n, pay in enumerate([None, 12_000] * 12)]


async def test_matches_follow_a_new_version_of_the_rule(
    matching_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await telling.hear(matching_database, *map(telling.registered, JOBSEEKERS), *map(telling.opened, VACANCIES))
    before = await telling.kept(matching_database)
    monkeypatch.setattr(rules, "PAY_UNKNOWN", rules.Finding("pay", "unknown", 15))
    monkeypatch.setattr(rules, "VERSION", rules.VERSION + 1)
    monkeypatch.setattr(rematch, "AT_ONCE", 2)

    rematched = await put_rule_in_force(matching_database)
    again = await put_rule_in_force(matching_database)

    assert (rematched, again) == (len(JOBSEEKERS), 0)
    assert await telling.kept(matching_database) == telling.expected(VACANCIES, JOBSEEKERS) != before
    reasons = {e["body"]["reason"] for e in await telling.told(matching_database) if e["type"] == "MatchWithdrawn"}
    assert reasons == {"rule_changed"}


async def test_the_same_version_leaves_everything_alone(matching_database: Database) -> None:
    await put_rule_in_force(matching_database)
    await telling.hear(matching_database, telling.registered(A_JOBSEEKER), telling.opened(VACANCIES[1]))

    assert await put_rule_in_force(matching_database) == 0
