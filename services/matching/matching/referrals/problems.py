"""Why a referral is not made, answered or withdrawn."""

from typing import Final

from ieum.http import Conflict, FieldError, Invalid, Problem
from matching.market.problems import NotRegistered
from matching.referrals.rules import Refusal


class VacancyNotOpen(Conflict):
    """The vacancy does not take applications."""

    ko = "지원을 받지 않는 구인입니다."


class ConsentMissing(Conflict):
    """The jobseeker has not agreed to share the CV with this employer: ask, and say so."""

    ko = "구직자가 이 기업에 이력서를 공개하는 데 동의하지 않았습니다. 동의를 받은 뒤 표시해 주세요."


class AlreadyReferred(Conflict):
    """The jobseeker is referred to this vacancy already."""

    ko = "이미 이 구인에 알선된 구직자입니다."


class ReferralSettled(Conflict):
    """The referral does not take this any more."""

    ko = "현재 알선 상태에서는 할 수 없는 작업입니다."


_PROBLEMS: Final[dict[Refusal, type[Problem]]] = {
    "not_registered": NotRegistered,
    "no_consent": ConsentMissing,
    "vacancy_not_open": VacancyNotOpen,
}


def problem_of(refusal: Refusal) -> Problem:
    """The answer that a refusal gets."""
    return _PROBLEMS[refusal]()


def hired_on_without_hire() -> Problem:
    """A day of hire came with another answer."""
    rule = FieldError(field="hired_on", rule="only with the answer hired", ko="채용 회신에만 적을 수 있습니다")
    return Invalid(errors=[rule])
