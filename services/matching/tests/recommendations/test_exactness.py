"""The kept matches equal brute force over all pairs, whatever happened in whatever order."""

import random
from dataclasses import replace

import pytest

from ieum.database import Database
from ieum.messaging import Event
from matching.market.facts import Jobseeker, Vacancy, VacancyStatus
from matching.recommendations.ranking import Place

from . import telling
from .worlds import random_jobseeker, random_vacancy


class World:
    """Vacancies and jobseekers whose lives go on at random; each step is an event to be heard."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.vacancies: dict[str, Vacancy] = {}
        self.jobseekers: dict[str, Jobseeker] = {}

    def step(self) -> Event:
        """Something happens."""
        happening = self.chance.choices(
            (self.open, self.change, self.turn, self.register, self.rewrite, self.stop), (10, 3, 3, 2, 2, 1)
        )[0]
        return happening()

    def open(self) -> Event:
        vacancy = replace(random_vacancy(self.chance, f"v-{self.chance.randrange(10**6)}"), status="open")
        self.vacancies[vacancy.vacancy_id] = vacancy
        return telling.opened(vacancy)

    def change(self) -> Event:
        if not self.vacancies:
            return self.open()
        before = self.chance.choice(list(self.vacancies.values()))
        after = replace(random_vacancy(self.chance, before.vacancy_id), status=before.status)
        self.vacancies[after.vacancy_id] = after
        return telling.changed(after)

    def turn(self) -> Event:
        if not self.vacancies:
            return self.open()
        before = self.chance.choice(list(self.vacancies.values()))
        ends: list[VacancyStatus] = ["paused", "filled", "closed", "expired"]
        after = replace(before, status=self.chance.choice(ends) if before.is_open else "open")
        self.vacancies[after.vacancy_id] = after
        return telling.became(after)

    def register(self) -> Event:
        jobseeker_id = f"j-{self.chance.randrange(10**6)}"
        if self.jobseekers and self.chance.random() < 0.3:
            jobseeker_id = self.chance.choice(list(self.jobseekers))
        self.jobseekers[jobseeker_id] = self._jobseeker(jobseeker_id)
        return telling.registered(self.jobseekers[jobseeker_id])

    def rewrite(self) -> Event:
        if not self.jobseekers:
            return self.register()
        jobseeker_id = self.chance.choice(list(self.jobseekers))
        self.jobseekers[jobseeker_id] = self._jobseeker(jobseeker_id)
        return telling.rewritten(self.jobseekers[jobseeker_id])

    def stop(self) -> Event:
        if not self.jobseekers:
            return self.register()
        jobseeker = self.chance.choice(list(self.jobseekers.values()))
        after = replace(jobseeker, stopped_on=jobseeker.started_on, stop_reason="withdrawn")
        self.jobseekers[after.jobseeker_id] = after
        return telling.stopped(after)

    def expected(self) -> dict[str, list[Place]]:
        return telling.expected(self.vacancies.values(), self.jobseekers.values())

    def _jobseeker(self, jobseeker_id: str) -> Jobseeker:
        return replace(random_jobseeker(self.chance, jobseeker_id), stopped_on=None, stop_reason=None)


@pytest.mark.parametrize("seed", range(4))
async def test_matches_equal_brute_force_after_every_batch_of_a_random_history(
    matching_database: Database, seed: int
) -> None:
    world = World(random.Random(seed))

    for _ in range(40):
        await telling.hear(matching_database, *(world.step() for _ in range(world.chance.choice((1, 2, 10, 60)))))

        assert await telling.kept(matching_database) == world.expected()
        everything = telling.rankings(world.vacancies.values(), world.jobseekers.values())
        for jobseeker_id, places in (await telling.kept_with_spares(matching_database)).items():
            assert places == everything[jobseeker_id][: len(places)]
    assert any(len(places) > 20 for places in everything.values())


async def test_the_order_across_vacancies_and_jobseekers_does_not_matter(matching_database: Database) -> None:
    chance = random.Random(11)
    vacancies = [random_vacancy(chance, f"v-{number:03}") for number in range(150)]
    jobseekers = [random_jobseeker(chance, f"j-{number:03}") for number in range(40)]
    queues = [telling.all_of_vacancy(v) for v in vacancies] + [telling.all_of_jobseeker(j) for j in jobseekers]
    # One aggregate's events keep their order, as its topic does; between aggregates anything goes.
    events = []
    while queues:
        queue = chance.choice(queues)
        events.append(queue.pop(0))
        if not queue:
            queues.remove(queue)

    while events:
        size = chance.randint(1, 30)
        await telling.hear(matching_database, *events[:size])
        del events[:size]

    assert await telling.kept(matching_database) == telling.expected(vacancies, jobseekers)


async def test_what_was_told_adds_up_to_what_is_kept(matching_database: Database) -> None:
    world = World(random.Random(5))
    for _ in range(40):
        await telling.hear(matching_database, *(world.step() for _ in range(10)))

    standing: dict[tuple[str, str], int] = {}
    versions: dict[str, int] = {}
    for event in await telling.told(matching_database):
        body, pair = event["body"], (event["body"]["jobseeker_id"], event["body"]["vacancy_id"])
        assert event["version"] == versions.get(event["aggregate_id"], 0) + 1
        versions[event["aggregate_id"]] = event["version"]
        if event["type"] == "MatchProposed":
            assert sum(part["points"] for part in body["parts"]) == body["score"]
            standing[pair] = body["score"]
        else:
            del standing[pair]

    expected = {(key, at.vacancy_id): at.score for key, places in world.expected().items() for at in places}
    assert standing.keys() == expected.keys()
    assert all(abs(standing[pair] - expected[pair]) < 10 for pair in expected)
