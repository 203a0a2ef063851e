"""Random vacancies and jobseekers that meet often, and the slow, obvious answer to compare with."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from matching.market.facts import Jobseeker, Vacancy
from matching.recommendations import rules
from matching.recommendations.ranking import Place, place

# Codes chosen to lie above, below and beside one another; 031100 stands under 01C and not under 03, 014100 under two.
OCCUPATIONS = ("01", "01C", "031100", "03", "031", "011", "012", "013", "014100", "011100", "012201", "999999")
REGIONS = ("00000", "11000", "11110", "11140", "41000", "41110", "41111", "41113", "36110", "43740", "43745", "99999")
EMPLOYMENT_TYPES = ("regular", "regular_part_time", "fixed_term", "fixed_term_part_time", "dispatch", "substitute")
EDUCATION = ("00", "01", "02", "03", "04", "05", "06", "07")

A_VACANCY = Vacancy(
    vacancy_id="v-1",
    status="open",
    employer_id="e-1",
    employer_name="이음상사",
    centre_code="12012",
    title="투자 분석가를 찾습니다",
    occupation_code="031100",
    occupation_name="투자·신용 분석가",
    region_code="11110",
    region_name="서울 종로구",
    openings=1,
    pay_type="hour",
    pay_min=12_000,
    pay_max=None,
    hourly_pay=12_000,
    employment_type="regular",
    weekly_hours=40,
    career="any",
    education="00",
    closes_on=None,
)
A_JOBSEEKER = Jobseeker(
    jobseeker_id="j-1",
    centre_code="12012",
    started_on=date(2026, 11, 2),
    wished_occupations=("031100",),
    wished_regions=("11110",),
    wage_floor=12_000,
    employment_types=("regular",),
    weekly_hours_min=35,
    weekly_hours_max=45,
    career_years=3,
    education="05",
    visible=True,
    matching_consent=True,
    stopped_on=None,
    stop_reason=None,
)


def a_vacancy(**changes: object) -> Vacancy:
    return replace(A_VACANCY, **changes)  # type: ignore[arg-type]


def a_jobseeker(**changes: object) -> Jobseeker:
    return replace(A_JOBSEEKER, **changes)  # type: ignore[arg-type]


def random_vacancy(chance: random.Random, vacancy_id: str) -> Vacancy:
    return a_vacancy(
        vacancy_id=vacancy_id,
        status=chance.choices(("open", "paused", "closed"), (8, 1, 1))[0],
        # Half of them are alike, so that some jobseekers find more than are kept.
        occupation_code=chance.choice((*OCCUPATIONS, *["031100"] * len(OCCUPATIONS))),
        region_code=chance.choice((*REGIONS, *["11110"] * len(REGIONS))),
        openings=chance.randint(1, 3),
        hourly_pay=chance.choice((None, 9_000, 10_320, 12_000, 13_000, 15_000)),
        employment_type=chance.choice(EMPLOYMENT_TYPES),
        weekly_hours=chance.choice((None, 20, 40, 52)),
        career=chance.choice(("new", "experienced", "any", "any")),
        education=chance.choice((*EDUCATION, "00", "00", "00")),
    )


def random_jobseeker(chance: random.Random, jobseeker_id: str) -> Jobseeker:
    stopped = chance.random() < 0.1
    return a_jobseeker(
        jobseeker_id=jobseeker_id,
        wished_occupations=tuple(chance.sample(OCCUPATIONS, chance.randint(1, 4))),
        wished_regions=tuple(chance.sample(REGIONS, chance.randint(1, 4))),
        wage_floor=chance.choice((None, None, 10_320, 11_000, 12_500)),
        employment_types=tuple(chance.sample(EMPLOYMENT_TYPES, chance.choice((0, 0, 3, 5)))),
        weekly_hours_min=chance.choice((None, None, 15, 35)),
        weekly_hours_max=chance.choice((None, None, 40, 52)),
        career_years=chance.choice((0, 1, 10)),
        education=chance.choice(EDUCATION),
        visible=chance.random() < 0.8,
        matching_consent=chance.random() < 0.9,
        stopped_on=date(2026, 11, 20) if stopped else None,
        stop_reason="withdrawn" if stopped else None,
    )


def vacancies() -> st.SearchStrategy[Vacancy]:
    return st.randoms(use_true_random=False).map(lambda chance: random_vacancy(chance, "v-1"))


def jobseekers() -> st.SearchStrategy[Jobseeker]:
    return st.randoms(use_true_random=False).map(lambda chance: random_jobseeker(chance, "j-1"))


def brute_force(vacancies: Iterable[Vacancy], jobseeker: Jobseeker) -> list[Place]:
    """The places of everything that suits, in order, by looking at every vacancy."""
    verdicts = ((vacancy.vacancy_id, rules.judge(vacancy, jobseeker)) for vacancy in vacancies)
    return sorted(place(rules.total(verdict), vacancy_id) for vacancy_id, verdict in verdicts if verdict is not None)
