"""What a vacancy is made of, what its terms must be and what may happen to it; pure."""

from datetime import date
from math import floor
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, get_args

from registration.reference.codes import is_job_code, is_place
from registration.reference.terms import CAREERS, EDUCATION_CODES, EMPLOYMENT_TYPES, PAY_TYPES
from registration.text.lines import Broken, broken_line
from registration.vacancies.minimum_wage import MINIMUM_WAGE, YEAR, least_pay
from registration.vacancies.paid_hours import paid_hours

Status = Literal["open", "paused", "filled", "closed", "expired"]
Move = Literal["pause", "resume", "fill", "reopen", "close", "expire", "renew"]
Source = Literal["portal", "work24", "json_ld", "csv"]
ToldReason = Literal["hired_elsewhere", "plan_changed", "other", "not_given"]

TITLE_LENGTH: Final = 300
REASON_LENGTH: Final = 500
MOST_OPENINGS: Final = 9_999
MOST_WEEKLY_HOURS: Final = 168
MOST_PAY: Final = 10_000_000_000
"""KRW. No wage is ten billion won: above it somebody typed a telephone number."""


class Terms(NamedTuple):
    """What is offered. Pay is KRW per `pay_type`; `closes_on` is the last day, Asia/Seoul, None until filled."""

    title: str
    occupation_code: str
    region_code: str
    openings: int
    pay_type: str
    pay_min: int | None
    pay_max: int | None
    employment_type: str
    weekly_hours: int | None
    career: str
    education: str
    closes_on: date | None


def hourly_pay(terms: Terms) -> int | None:
    """The least pay in KRW an hour, rounded down so as never to promise more than the vacancy; None if not stated."""
    return None if terms.pay_min is None else floor(terms.pay_min / paid_hours(terms.pay_type, terms.weekly_hours))


LIFECYCLE: Final = MappingProxyType(
    {
        ("open", "pause"): "paused",
        ("open", "fill"): "filled",
        ("open", "close"): "closed",
        ("open", "expire"): "expired",
        ("paused", "resume"): "open",
        ("paused", "fill"): "filled",
        ("paused", "close"): "closed",
        ("paused", "expire"): "expired",
        ("filled", "reopen"): "open",
        ("filled", "close"): "closed",
        ("expired", "renew"): "open",
        ("expired", "close"): "closed",
    }
)
"""(status, move) -> status. What is not here cannot happen; a closed vacancy stays closed."""


def after(status: str, move: Move) -> str | None:
    """The status after a move, or None where the move cannot be made."""
    return LIFECYCLE.get((status, move))


_TOLD_REASONS: Final[dict[str, ToldReason]] = {word: word for word in get_args(ToldReason)}


def told_reason(written: str | None) -> ToldReason:
    """What others are told of why a vacancy was paused or closed: its word from the list, "other" for own words."""
    return _TOLD_REASONS.get(written, "other") if written else "not_given"


def move_of_change(status: str, closes_on: date | None, today: date) -> tuple[bool, Move | None]:
    """
    Whether changed terms are taken in this status, and the move they bring about.

    Open and paused vacancies take changes; an expired one takes them if the new closing day lies ahead, and then
    opens again.
    """
    if status in ("open", "paused"):
        return True, None
    if status == "expired" and not is_past(closes_on, today):
        return True, "renew"
    return False, None


def is_past(closes_on: date | None, today: date) -> bool:
    """Whether the last day is over on `today` (Asia/Seoul); a vacancy is open through its last day."""
    return closes_on is not None and closes_on < today


def changed_terms(old: Terms, new: Terms) -> list[str]:
    """The names of the terms that differ, in their order."""
    return [name for name, was, now in zip(Terms._fields, old, new, strict=True) if was != now]


def _pay(terms: Terms) -> list[Broken]:
    """Nobody works for nothing: 0 is how sources write that pay is not stated, which is None here."""
    broken = [
        Broken(field, f"from 1 to {MOST_PAY} won, or none", f"1원 이상 {MOST_PAY}원 이하이거나 없어야 합니다.")
        for field, amount in (("pay_min", terms.pay_min), ("pay_max", terms.pay_max))
        if amount is not None and not 1 <= amount <= MOST_PAY
    ]
    if not broken and terms.pay_min is not None and terms.pay_max is not None and terms.pay_max < terms.pay_min:
        broken.append(Broken("pay_max", "not less than the least pay", "최소 임금보다 적을 수 없습니다."))
    return broken or _below_minimum(terms)


def _below_minimum(terms: Terms) -> list[Broken]:
    field, amount = ("pay_max", terms.pay_max) if terms.pay_min is None else ("pay_min", terms.pay_min)
    least = least_pay(terms.pay_type, terms.employment_type, terms.weekly_hours)
    if amount is None or least is None or amount >= least:
        return []
    return [
        Broken(
            field,
            f"at least {least:,} won: the minimum wage of {YEAR} is {MINIMUM_WAGE:,} won an hour",
            f"{least:,}원 이상이어야 합니다. {YEAR}년 최저임금은 시간당 {MINIMUM_WAGE:,}원입니다.",
        )
    ]


def _one_of(field: str, value: str, allowed: tuple[str, ...]) -> list[Broken]:
    if value in allowed:
        return []
    listed = ", ".join(allowed)
    return [Broken(field, f"one of {listed}", f"다음 중 하나여야 합니다: {listed}")]


def broken_terms(terms: Terms) -> list[Broken]:
    """Every rule these terms break, whoever brings them; dates are checked by `broken_closing_day`."""
    broken = broken_line(terms.title, TITLE_LENGTH, "title")
    if not terms.occupation_code:
        broken.append(Broken("occupation_code", "an occupation must be chosen", "직종을 선택해야 합니다."))
    elif not is_job_code(terms.occupation_code):
        broken.append(
            Broken("occupation_code", "a six-digit code of the occupation list", "직종 목록의 6자리 코드여야 합니다.")
        )
    if not terms.region_code:
        broken.append(Broken("region_code", "a place of work must be chosen", "근무지역을 선택해야 합니다."))
    elif not is_place(terms.region_code):
        broken.append(Broken("region_code", "a current region code", "현재 쓰이는 지역 코드여야 합니다."))
    if not 1 <= terms.openings <= MOST_OPENINGS:
        broken.append(Broken("openings", f"from 1 to {MOST_OPENINGS}", f"1명 이상 {MOST_OPENINGS}명 이하여야 합니다."))
    broken += _one_of("pay_type", terms.pay_type, PAY_TYPES)
    broken += _pay(terms)
    broken += _one_of("employment_type", terms.employment_type, EMPLOYMENT_TYPES)
    if terms.weekly_hours is not None and not 1 <= terms.weekly_hours <= MOST_WEEKLY_HOURS:
        broken.append(
            Broken(
                "weekly_hours", f"from 1 to {MOST_WEEKLY_HOURS}", f"1시간 이상 {MOST_WEEKLY_HOURS}시간 이하여야 합니다."
            )
        )
    broken += _one_of("career", terms.career, CAREERS)
    broken += _one_of("education", terms.education, EDUCATION_CODES)
    return broken


def broken_closing_day(closes_on: date | None, today: date) -> list[Broken]:
    """A vacancy that somebody opens or changes by hand cannot have closed before today (Asia/Seoul)."""
    if is_past(closes_on, today):
        return [Broken("closes_on", "today or later", "오늘이거나 그 이후여야 합니다.")]
    return []
