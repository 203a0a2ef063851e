"""When a referral may be made, and what may become of it; pure."""

from typing import Final, Literal, get_args

from matching.market.facts import Jobseeker, Vacancy
from matching.referrals.events import AnswerReason, WithdrawalReason

State = Literal["made", "interview", "declined", "hired", "withdrawn"]
Consent = Literal["standing", "asked"]
Refusal = Literal["not_registered", "no_consent", "vacancy_not_open"]

NEXT: Final[dict[State, frozenset[State]]] = {
    "made": frozenset({"interview", "declined", "hired", "withdrawn"}),
    "interview": frozenset({"declined", "hired", "withdrawn"}),
    "declined": frozenset(),
    "hired": frozenset(),
    "withdrawn": frozenset(),
}
"""What each state may turn into. What is settled stays settled; a hire is undone by reversing its placement."""

UNSETTLED: Final = tuple(state for state, following in NEXT.items() if following)
"""States that still wait for somebody."""


def shows_candidate(state: State, consent: Consent, *, agrees: bool, taken_back: bool) -> bool:
    """
    Whether the employer may learn who was put forward, and how to reach them.

    Not of whom they declined, who was withdrawn, or whose hire was taken back: there is nothing left to arrange. Until
    a hire a standing consent must still stand (`agrees`); who was asked and agreed withdraws the referral instead.
    """
    if state == "hired":
        return not taken_back
    return state in UNSETTLED and (consent == "asked" or agrees)


def refusal(jobseeker: Jobseeker, vacancy: Vacancy, consent: Consent | None) -> Refusal | None:
    """Why this jobseeker cannot be referred to this vacancy; None when they can."""
    if jobseeker.stopped_on is not None:
        return "not_registered"
    if consent is None:
        return "no_consent"
    if not vacancy.is_open:
        return "vacancy_not_open"
    return None


def agrees(jobseeker: Jobseeker) -> bool:
    """Whether employers may have the CV without the jobseeker being asked each time."""
    return jobseeker.visible and jobseeker.matching_consent


def consent_of(jobseeker: Jobseeker, *, asked: bool) -> Consent | None:
    """
    How the jobseeker agreed to have the CV shared with the employer; None when they did not.

    Whoever is visible to employers and consents to matching has agreed beforehand; anybody else must be asked.
    """
    if asked:
        return "asked"
    return "standing" if agrees(jobseeker) else None


_ANSWER_REASONS: Final[dict[str, AnswerReason]] = {word: word for word in get_args(AnswerReason)}
_WITHDRAWAL_REASONS: Final[dict[str, WithdrawalReason]] = {word: word for word in get_args(WithdrawalReason)}


def told_answer_reason(written: str | None) -> AnswerReason | None:
    """What others are told of a reason: its word from the list, or "other" for words of one's own."""
    return None if written is None else _ANSWER_REASONS.get(written, "other")


def told_withdrawal_reason(written: str) -> WithdrawalReason:
    """What others are told of a reason: its word from the list, or "other" for words of one's own."""
    return _WITHDRAWAL_REASONS.get(written, "other")
