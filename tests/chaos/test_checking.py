"""What is held against the books can fail: every way to break a promise is seen, and nothing else is."""

from collections import Counter

import pytest

from .books import Books, Employer, Jobseeker, Referral, Vacancy
from .promises import PROMISES, Effect, Promise, compare, doubted_ids


def books() -> Books:
    """A hire that holds, one that was reversed, and a vacancy that was changed and closed."""
    made = Books(employers=[Employer("1", "e")])
    for name, reversed_ in (("a", False), ("b", True)):
        vacancy = Vacancy(f"title {name}", "e", f"v-{name}", hired=True, reversed=reversed_)
        jobseeker = Jobseeker(f"j-{name}", 1, 10_320, stopped=not reversed_, preferences=True)
        referral = Referral(f"r-{name}", jobseeker, vacancy, "c", "hired", ["interview", "hired"], f"p-{name}")
        referral.reversed = reversed_
        made.vacancies.append(vacancy)
        made.jobseekers.append(jobseeker)
        made.referrals.append(referral)
        made.read.add((jobseeker.jobseeker_id, 1))
    made.vacancies.append(Vacancy("title c", "e", "v-c", pay_min=12_010, status="closed", said=3))
    return made


def judge(promise: Promise, held: Counter[Effect], about: Books | None = None) -> list[str]:
    about = about or books()
    owed = Counter(promise.owed(books()))
    found = compare(promise, owed, held, doubted=doubted_ids(about), strangers=about.strangers)
    return [finding.kind for finding in found]


@pytest.fixture(params=PROMISES, ids=lambda promise: promise.name)
def promise(request: pytest.FixtureRequest) -> Promise:
    chosen: Promise = request.param
    return chosen


def test_what_was_promised_and_is_there_is_no_finding(promise: Promise) -> None:
    assert Counter(promise.owed(books()))
    assert judge(promise, Counter(promise.owed(books()))) == []


def test_an_effect_that_is_missing_is_lost(promise: Promise) -> None:
    for effect in set(promise.owed(books())):
        held = Counter(promise.owed(books()))
        del held[effect]

        assert "lost" in judge(promise, held)


def test_an_effect_that_is_there_twice_is_doubled(promise: Promise) -> None:
    for effect in set(promise.owed(books())):
        held = Counter(promise.owed(books()))
        held[effect] += 1

        assert judge(promise, held) == ["doubled"]


def test_an_effect_with_another_value_is_lost_and_what_is_there_is_named(promise: Promise) -> None:
    effect = next(iter(promise.owed(books())))
    if len(effect) == 1:
        return
    held = Counter(promise.owed(books()))
    del held[effect]
    held[(*effect[:-1], "something else")] += 1

    found = compare(promise, Counter(promise.owed(books())), held, doubted=frozenset(), strangers=0)

    assert found[0].kind == "lost"
    assert effect[0] in found[0].what


def test_an_effect_that_nobody_asked_for_is_invented_unless_others_may_cause_it(promise: Promise) -> None:
    held = Counter(promise.owed(books()))
    held[("stranger", *next(iter(held))[1:])] += 1

    assert judge(promise, held) == ([] if promise.open_ended else ["invented"])


def test_a_command_without_a_known_outcome_may_have_happened_or_not() -> None:
    promise = next(one for one in PROMISES if one.name == "vacancies")
    about = books()
    about.vacancies[0].sure = False
    about.strangers = 1
    held = Counter(promise.owed(books()))
    del held["v-a", "filled", "0", "1"]
    held["stranger", "open", "0", "1"] += 1

    assert judge(promise, held, about) == []
    assert judge(promise, held) == ["lost", "invented"]
