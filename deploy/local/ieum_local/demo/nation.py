"""Who lives in the demo nation, drawn from a seed: the same seed gives the same nation. Pure.

Everybody is invented: names are built from a few syllables, addresses lie in example.org, phone numbers in the block
010-0000 that no operator gives out.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from registration.employers.rules import check_digit

SURNAMES = ("가", "나", "다", "라", "마", "바", "사", "아", "자", "차", "카", "타", "파", "하")
GIVEN = (
    "가온",
    "나래",
    "다솜",
    "라온",
    "미르",
    "보람",
    "새론",
    "아라",
    "예솔",
    "이든",
    "찬솔",
    "초롱",
    "하람",
    "해솔",
    "한결",
    "슬기",
)
FIRST_WORDS = ("가람", "누리", "다올", "마루", "버들", "샘터", "온새", "푸른", "한울", "해든")
SECOND_WORDS = ("정밀", "푸드", "물류", "돌봄", "전자", "설비", "유통", "호텔", "건설", "소프트")
FEATURED_CENTRES = ("의정부고용센터", "서울서부고용센터", "부산동래고용센터", "대구고용센터")
"""Centres named in the account of the reform; they get more staff, people and life than the others."""

TITLES = ("신규 채용", "경력 채용", "상시 채용", "급구")
SHIFTS = ("주간", "교대", "오전", "종일")
EMPLOYMENT_TYPES = ("regular", "regular_part_time", "fixed_term", "fixed_term_part_time")
# The field's pay, roughly: from the minimum wage of 2026 (10,320 KRW an hour) upwards.
HOURLY = (10_320, 10_500, 11_000, 12_000, 13_500, 15_000, 18_000, 22_000)


@dataclass(frozen=True, slots=True)
class Codes:
    """What the nation is built on: registration's own code lists, read over HTTP."""

    occupations: Sequence[str]
    fields: Sequence[str]
    groups: Sequence[str]
    regions: Sequence[str]
    centres: dict[str, str]
    offices: Sequence[str]
    centre_of_region: dict[str, str]


@dataclass(frozen=True, slots=True)
class Citizen:
    """A jobseeker to be: the body of the registration and what to wait for."""

    key: str
    centre_code: str
    body: dict[str, Any]


def business_number(serial: int) -> str:
    """A well-formed number of tax office 999, which does not exist, so that it is nobody's."""
    nine = f"999{serial % 1_000_000:06d}"
    return nine + check_digit(nine)


def person_name(rng: random.Random) -> str:
    """A name that reads like one and is nobody's."""
    return rng.choice(SURNAMES) + rng.choice(GIVEN)


class Nation:
    """Draws people, firms and vacancies in a fixed order."""

    def __init__(self, codes: Codes, seed: int = 19) -> None:
        self.codes = codes
        self._seed = seed
        # Wishes and offers gather in some occupations, as they do in life; else hardly anybody would meet.
        ranks = random.Random(f"{seed}:occupations")
        self._popular = sorted(codes.occupations, key=lambda _: ranks.random())[:60]
        self._regions_of: dict[str, list[str]] = {}
        for region, centre in codes.centre_of_region.items():
            self._regions_of.setdefault(centre, []).append(region)

    def staff(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """(key, body) of everybody who works for the service."""
        yield from (self._official(f"ministry-{n}", "ministry") for n in (1, 2))
        yield from (self._official(f"operator-{n}", "operator") for n in (1, 2))
        for code in self.codes.offices:
            yield self._official(f"regional-{code}", "regional", regional_office_code=code)
        for code, name in self.codes.centres.items():
            yield self._official(f"director-{code}", "director", centre_code=code)
            for n in range(3 if name in FEATURED_CENTRES else 1):
                yield self._official(f"counsellor-{code}-{n}", "counsellor", centre_code=code)

    def _official(self, key: str, role: str, **place: str) -> tuple[str, dict[str, Any]]:
        rng = random.Random(f"{self._seed}:{key}")
        # Some time ago, so that a visitor can move or dismiss somebody as from today.
        post = {"role": role, "starts_on": "2026-01-02", **place}
        body = {"name": person_name(rng), "email": f"{key}@staff.example.org", **post}
        return key, body

    def employers(self, count: int) -> Iterator[tuple[str, dict[str, Any]]]:
        """(key, body) of firms whose people can sign in."""
        rng = random.Random(f"{self._seed}:employers")
        featured = [code for code, name in self.codes.centres.items() if name in FEATURED_CENTRES]
        for n in range(count):
            centre = featured[n % len(featured)] if n < 2 * len(featured) else rng.choice(list(self._regions_of))
            firm = f"{FIRST_WORDS[n % 10]}{SECOND_WORDS[(n // 10 + n) % 10]}(주)"
            region = rng.choice(self._regions_of.get(centre) or list(self.codes.regions))
            yield (
                f"employer-{n}",
                {
                    "name": firm,
                    "business_number": business_number(700_000 + n),
                    "region_code": region,
                    "industry": rng.choice(("제조업", "숙박·음식점업", "보건·사회복지", "정보통신업", "운수·창고업")),
                },
            )

    def is_featured(self, centre_code: str) -> bool:
        """Whether a centre is one of those with more life than the others."""
        return self.codes.centres[centre_code] in FEATURED_CENTRES

    def centres_at_work(self, centre_codes: Iterable[str]) -> list[str]:
        """In which order centres make their first referrals: the featured ones, then the others as drawn."""
        rng = random.Random("demo:referrals")
        drawn = sorted(sorted(centre_codes), key=lambda _: rng.random())
        return sorted(drawn, key=lambda code: not self.is_featured(code))

    def vacancy(self, rng: random.Random, employer_id: str, region_code: str | None = None) -> dict[str, Any]:
        """The body of a new vacancy."""
        hourly = rng.choice(HOURLY)
        by_month = rng.random() < 0.7
        # 209 hours are a month of 40-hour weeks with the paid weekly rest day.
        pay = round(hourly * 209, -4) if by_month else hourly
        occupation = rng.choice(self._popular)
        return {
            "employer_id": employer_id,
            "title": f"{rng.choice(TITLES)} · {rng.choice(SHIFTS)} 근무",
            "occupation_code": occupation,
            "region_code": region_code or rng.choice(list(self.codes.regions)),
            "openings": rng.choice((1, 1, 1, 2, 2, 3, 5)),
            "pay_type": "month" if by_month else "hour",
            "pay_min": pay,
            "pay_max": pay + (200_000 if by_month else 1_000),
            "employment_type": rng.choice(EMPLOYMENT_TYPES),
            "weekly_hours": rng.choice((20, 30, 40, 40, 40)),
            "career": rng.choice(("any", "any", "new", "experienced")),
            "education": rng.choice(("00", "00", "03", "05")),
            "closes_on": None,
        }

    def citizen(self, n: int) -> Citizen:
        """The n-th jobseeker."""
        rng = random.Random(f"{self._seed}:citizen:{n}")
        featured = [code for code, name in self.codes.centres.items() if name in FEATURED_CENTRES]
        centre = rng.choice(featured) if rng.random() < 0.4 else rng.choice(list(self._regions_of))
        own = rng.choice(self._regions_of.get(centre) or list(self.codes.regions))
        # Most people name a field or a group of work, as at a counter; some know the very occupation.
        level = rng.choice((self.codes.fields, self.codes.groups, self._popular))
        wishes = rng.sample(list(level), rng.choice((1, 2, 3)))
        # 세종 is a 시·도 and its only 시·군·구 in one: there is no 36000.
        province = own if own == "36110" else f"{own[:2]}000"
        regions = rng.choice(([own], [province], [province], ["00000"]))
        birth_year = rng.randrange(1962, 2006)
        return Citizen(
            key=f"citizen-{n}",
            centre_code=centre,
            body={
                "person": {
                    "name": person_name(rng),
                    "email": f"citizen{n}@people.example.org",
                    "phone": f"010-0000-{n % 10_000:04d}",
                    "birth_year": birth_year,
                    "language": "en" if rng.random() < 0.08 else "ko",
                },
                "centre_code": centre,
                "wishes": {
                    "occupations": wishes,
                    "regions": regions,
                    "wage_floor": rng.choice((None, 10_320, 11_000, 12_000)),
                    "employment_types": [],
                    "weekly_hours_min": None,
                    "weekly_hours_max": rng.choice((None, None, 40)),
                },
                "career_years": max(0, min(rng.randrange(0, 12), 2026 - birth_year - 16)),
                "education": rng.choice(("03", "04", "05")),
                "visible": rng.random() < 0.9,
                "matching_consent": True,
            },
        )
