"""
The entry rules: what a registration must be to be admitted. Pure; the day comes in as an argument.

The rules are versioned as a whole. A refusal keeps RULES_VERSION and the names of the rules it broke, so that it can be
understood after the rules have changed; who changes a rule gives RULES_VERSION a new value.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from registration.people.rules import clean_email, clean_name, clean_phone
from registration.reference import codes
from registration.reference.terms import EDUCATION_CODES, EMPLOYMENT_TYPES
from registration.text.resident_numbers import RULE, RULE_KO, has_resident_number

RULES_VERSION: Final = "2026-11b"

MINIMUM_AGE: Final = 15
"""Labour Standards Act, article 64: nobody under 15 is employed. A year of birth is all we hold, so whoever turns 15
within the year is admitted."""
MAXIMUM_AGE: Final = 100
"""Above it a year of birth is a slip of the pen; nobody is turned away for being old."""
MAXIMUM_OCCUPATIONS: Final = 5
MAXIMUM_REGIONS: Final = 5
"""More wishes than these describe nobody: matching would propose everything, and alerts would be noise."""
MAXIMUM_HOURLY_WAGE: Final = 1_000_000
"""KRW an hour, about a hundred times the minimum wage: above it somebody entered a month's or a year's pay."""
MAXIMUM_WEEKLY_HOURS: Final = 52
"""Labour Standards Act, articles 50 and 53: 40 hours, and 12 more by agreement."""
MAXIMUM_CAREER_YEARS: Final = 70


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody asks to be registered with, as it came in: types checked, meaning not."""

    name: str
    email: str | None
    phone: str | None
    birth_year: int | None
    language: str
    centre_code: str
    occupations: Sequence[str]
    regions: Sequence[str]
    wage_floor: int | None
    employment_types: Sequence[str]
    weekly_hours_min: int | None
    weekly_hours_max: int | None
    career_years: int
    education: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One broken rule: the field it is about, in dotted form, and the rule in both languages; no value entered."""

    field: str
    rule: str
    ko: str


def reasons_against(application: Application, today: date) -> list[Reason]:
    """Every rule the application breaks on `today` (Asia/Seoul), in the order of the form; empty: it is admitted."""
    return [reason for rule in RULES for reason in rule(application, today)]


def _has_a_name(application: Application, _today: date) -> Iterator[Reason]:
    """A record without a name is nobody's; a control character in it breaks letters and lists."""
    if clean_name(application.name) is None:
        yield Reason("person.name", "1 to 60 characters with a letter", "글자를 포함한 1~60자여야 합니다.")


def _can_be_reached(application: Application, _today: date) -> Iterator[Reason]:
    """A match nobody can be told of helps nobody: an e-mail address or a phone number is needed, and it must be one."""
    if not application.email and not application.phone:
        yield Reason("person.email", "e-mail or phone is required", "전자우편과 전화번호 중 하나는 있어야 합니다.")
    if application.email and clean_email(application.email) is None:
        yield Reason("person.email", "an e-mail address", "올바른 전자우편 주소여야 합니다.")
    if application.phone and clean_phone(application.phone) is None:
        yield Reason("person.phone", "a phone number", "올바른 전화번호여야 합니다.")


def _holds_no_resident_number(application: Application, _today: date) -> Iterator[Reason]:
    """Whoever types it anywhere must not find it kept: no statute asks for it here."""
    for field in ("name", "email", "phone"):
        if has_resident_number(getattr(application, field) or ""):
            yield Reason(f"person.{field}", RULE, RULE_KO)


def _is_of_age(application: Application, today: date) -> Iterator[Reason]:
    """The law's minimum age; and a year of birth that can be one."""
    if application.birth_year is None:
        return
    age = today.year - application.birth_year
    if age < MINIMUM_AGE:
        yield Reason("person.birth_year", f"at least {MINIMUM_AGE} years old", f"만 {MINIMUM_AGE}세 이상이어야 합니다.")
    elif age > MAXIMUM_AGE:
        yield Reason("person.birth_year", f"at most {MAXIMUM_AGE} years ago", f"{MAXIMUM_AGE}년 이내여야 합니다.")


def _speaks_a_language_we_write(application: Application, _today: date) -> Iterator[Reason]:
    """Messages are written in Korean and English."""
    if application.language not in {"ko", "en"}:
        yield Reason("person.language", "ko or en", "ko 또는 en이어야 합니다.")


def _is_with_a_centre(application: Application, _today: date) -> Iterator[Reason]:
    """Every registration counts at one centre."""
    if not application.centre_code:
        yield Reason("centre_code", "a centre must be chosen", "고용센터를 선택해야 합니다.")
    elif not codes.is_centre(application.centre_code):
        yield Reason("centre_code", "a known centre", "등록된 고용센터여야 합니다.")


def _wishes_known_occupations(application: Application, _today: date) -> Iterator[Reason]:
    """Without an occupation nothing can be proposed; fields (01), groups (01A) and occupations (012201) may mix."""
    field, wished = "wishes.occupations", application.occupations
    if not 1 <= len(wished) <= MAXIMUM_OCCUPATIONS:
        yield Reason(field, f"1 to {MAXIMUM_OCCUPATIONS} occupations", f"1~{MAXIMUM_OCCUPATIONS}개여야 합니다.")
    if not all(codes.is_occupation(code) for code in wished):
        yield Reason(field, "known occupation codes", "등록된 직종 코드여야 합니다.")
    if len(set(wished)) < len(wished):
        yield Reason(field, "each occupation once", "같은 직종을 두 번 넣을 수 없습니다.")


def _wishes_known_regions(application: Application, today: date) -> Iterator[Reason]:
    """Regions in use today; "anywhere" says all there is to say, so it stands alone."""
    field, wished = "wishes.regions", application.regions
    if not 1 <= len(wished) <= MAXIMUM_REGIONS:
        yield Reason(field, f"1 to {MAXIMUM_REGIONS} regions", f"1~{MAXIMUM_REGIONS}개여야 합니다.")
    if not all(codes.is_region(code, today) for code in wished):
        yield Reason(field, "region codes in use", "현재 사용하는 지역 코드여야 합니다.")
    if len(set(wished)) < len(wished):
        yield Reason(field, "each region once", "같은 지역을 두 번 넣을 수 없습니다.")
    if codes.ANYWHERE in wished and len(wished) > 1:
        yield Reason(field, "anywhere stands alone", "지역무관은 다른 지역과 함께 넣을 수 없습니다.")


def _wishes_a_plausible_wage(application: Application, _today: date) -> Iterator[Reason]:
    """KRW an hour; a floor below the minimum wage harms nobody, the law lifts it anyway."""
    wage = application.wage_floor
    if wage is not None and wage < 0:
        yield Reason("wishes.wage_floor", "at least 0", "0 이상이어야 합니다.")
    if wage is not None and wage > MAXIMUM_HOURLY_WAGE:
        yield Reason(
            "wishes.wage_floor",
            f"at most {MAXIMUM_HOURLY_WAGE:,} KRW an hour",
            f"시간당 {MAXIMUM_HOURLY_WAGE:,}원 이하여야 합니다.",
        )


def _wishes_known_employment_types(application: Application, _today: date) -> Iterator[Reason]:
    """None named means any will do."""
    field, wished = "wishes.employment_types", application.employment_types
    if not set(wished) <= set(EMPLOYMENT_TYPES):
        yield Reason(field, "known employment types", "등록된 고용형태여야 합니다.")
    if len(set(wished)) < len(wished):
        yield Reason(field, "each employment type once", "같은 고용형태를 두 번 넣을 수 없습니다.")


def _wishes_lawful_hours(application: Application, _today: date) -> Iterator[Reason]:
    """Hours a week within the law, and a range that is one."""
    least, most = application.weekly_hours_min, application.weekly_hours_max
    for field, hours in (("wishes.weekly_hours_min", least), ("wishes.weekly_hours_max", most)):
        if hours is not None and not 1 <= hours <= MAXIMUM_WEEKLY_HOURS:
            yield Reason(field, f"1 to {MAXIMUM_WEEKLY_HOURS} hours", f"1~{MAXIMUM_WEEKLY_HOURS}시간이어야 합니다.")
    if least is not None and most is not None and least > most:
        yield Reason("wishes.weekly_hours_max", "not less than the fewest hours", "최소 시간 이상이어야 합니다.")


def _has_a_plausible_career(application: Application, today: date) -> Iterator[Reason]:
    """Nobody has worked longer than since the minimum age."""
    longest = MAXIMUM_CAREER_YEARS
    if application.birth_year is not None:
        longest = min(longest, max(today.year - application.birth_year - MINIMUM_AGE, 0))
    if not 0 <= application.career_years <= longest:
        yield Reason(
            "career_years",
            f"0 to the years since the age of {MINIMUM_AGE}, at most {MAXIMUM_CAREER_YEARS}",
            f"0 이상, 만 {MINIMUM_AGE}세 이후의 햇수 이하여야 합니다.",
        )


def _has_a_known_education(application: Application, _today: date) -> Iterator[Reason]:
    """Work24's levels, 00 to 07; 00 where nothing is stated."""
    if application.education not in EDUCATION_CODES:
        yield Reason("education", "an education code, 00 to 07", "00~07의 학력 코드여야 합니다.")


RULES: Final[tuple[Callable[[Application, date], Iterator[Reason]], ...]] = (
    _has_a_name,
    _can_be_reached,
    _holds_no_resident_number,
    _is_of_age,
    _speaks_a_language_we_write,
    _is_with_a_centre,
    _wishes_known_occupations,
    _wishes_known_regions,
    _wishes_a_plausible_wage,
    _wishes_known_employment_types,
    _wishes_lawful_hours,
    _has_a_plausible_career,
    _has_a_known_education,
)
"""The entry rules in the order of the form; each one's docstring is its reason."""
