"""
Every finding in words: to the jobseeker, to the employer and to a centre's staff, in Korean and in English.

What the employer and the staff read names no figure of the person's: no wage floor, no hours, no years.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from matching.market.facts import Vacancy
from matching.recommendations.rules import Finding

Side = Literal["jobseeker", "employer", "staff"]
"""Who reads: staff read of both others, in the third person."""


class Words(NamedTuple):
    """The same sentence in both languages."""

    ko: str
    en: str


def explain(finding: Finding, vacancy: Vacancy, side: Side) -> Words:
    """Say in words why a part got its points."""
    told = _TOLD[finding.part, finding.key][side]
    facts = {
        "occupation": vacancy.occupation_name,
        "region": vacancy.region_name,
        "pay": f"{vacancy.hourly_pay:,}" if vacancy.hourly_pay is not None else "",
        "hours": str(vacancy.weekly_hours) if vacancy.weekly_hours is not None else "",
    }
    return Words(told.ko.format_map(facts), told.en.format_map(facts))


def explained() -> frozenset[tuple[str, str]]:
    """Every (part, key) there are words for."""
    return frozenset(_TOLD)


def _told(ko: str, en: str, employer_ko: str, employer_en: str, staff_ko: str, staff_en: str) -> Mapping[Side, Words]:
    return MappingProxyType(
        {
            "jobseeker": Words(ko, en),
            "employer": Words(employer_ko, employer_en),
            "staff": Words(staff_ko, staff_en),
        }
    )


_TOLD: Final[Mapping[tuple[str, str], Mapping[Side, Words]]] = MappingProxyType(
    {
        ("occupation", "same"): _told(
            "희망하신 직종과 같습니다: {occupation}",
            "The very occupation you wish for: {occupation}",
            "구인 직종을 그대로 희망하는 구직자입니다: {occupation}",
            "Wishes for exactly this occupation: {occupation}",
            "희망 직종과 같습니다: {occupation}",
            "The very occupation wished for: {occupation}",
        ),
        ("occupation", "group"): _told(
            "희망하신 직종 분류에 속합니다: {occupation}",
            "Within the occupational group you wish for: {occupation}",
            "구인 직종이 속한 분류를 희망하는 구직자입니다: {occupation}",
            "Wishes for the occupational group of this job: {occupation}",
            "희망 직종 분류에 속합니다: {occupation}",
            "Within the occupational group wished for: {occupation}",
        ),
        ("occupation", "field"): _told(
            "희망하신 직종 분야에 속합니다: {occupation}",
            "Within the occupational field you wish for: {occupation}",
            "구인 직종이 속한 분야를 희망하는 구직자입니다: {occupation}",
            "Wishes for the occupational field of this job: {occupation}",
            "희망 직종 분야에 속합니다: {occupation}",
            "Within the occupational field wished for: {occupation}",
        ),
        ("occupation", "vague"): _told(
            "구인 직종이 넓게 적혀 있어 희망하신 직종인지 확인이 필요합니다: {occupation}",
            "The offer names a wide group that your occupation is part of; ask which one it is: {occupation}",
            "구인 직종이 넓게 적혀 있어 구직자의 희망 직종을 포함합니다: {occupation}",
            "Wishes for an occupation within the wide group you named: {occupation}",
            "구인 직종이 넓게 적혀 있어 희망 직종인지 확인이 필요합니다: {occupation}",
            "The offer names a wide group that the wished occupation is part of; ask which one it is: {occupation}",
        ),
        ("region", "same"): _told(
            "희망하신 지역입니다: {region}",
            "In the very place you wish for: {region}",
            "근무지를 그대로 희망하는 구직자입니다: {region}",
            "Wishes to work in this very place: {region}",
            "희망 지역입니다: {region}",
            "In the very place wished for: {region}",
        ),
        ("region", "city"): _told(
            "희망하신 시 안에 있습니다: {region}",
            "In the city you wish for: {region}",
            "근무지가 있는 시를 희망하는 구직자입니다: {region}",
            "Wishes to work in the city of this job: {region}",
            "희망하는 시 안에 있습니다: {region}",
            "In the city wished for: {region}",
        ),
        ("region", "province"): _told(
            "희망하신 시·도 안에 있습니다: {region}",
            "In the province you wish for: {region}",
            "근무지가 있는 시·도를 희망하는 구직자입니다: {region}",
            "Wishes to work in the province of this job: {region}",
            "희망하는 시·도 안에 있습니다: {region}",
            "In the province wished for: {region}",
        ),
        ("region", "anywhere"): _told(
            "지역에 상관없이 찾고 계십니다: {region}",
            "You look for work anywhere; this is in {region}",
            "지역에 상관없이 일하려는 구직자입니다.",
            "Would work anywhere",
            "구직자가 지역에 상관없이 찾고 있습니다: {region}",
            "The jobseeker would work anywhere; this is in {region}",
        ),
        ("region", "vague"): _told(
            "근무지가 넓게 적혀 있어 희망하신 지역인지 확인이 필요합니다: {region}",
            "The offer names a wide area that your region is part of; ask where exactly: {region}",
            "근무지가 넓게 적혀 있어 구직자의 희망 지역을 포함합니다: {region}",
            "Wishes to work within the wide area you named: {region}",
            "근무지가 넓게 적혀 있어 희망 지역인지 확인이 필요합니다: {region}",
            "The offer names a wide area that the wished region is part of; ask where exactly: {region}",
        ),
        ("pay", "far_above"): _told(
            "시급 {pay}원으로 기준 임금보다 30% 이상 높습니다.",
            "{pay} won an hour, 30 % or more above your floor (or the minimum wage)",
            "제시하신 임금이 구직자의 기준을 크게 넘습니다.",
            "Your pay is far above what this person asks for",
            "시급 {pay}원으로 구직자의 기준(또는 최저임금)을 크게 넘습니다.",
            "{pay} won an hour, far above the jobseeker's floor (or the minimum wage)",
        ),
        ("pay", "well_above"): _told(
            "시급 {pay}원으로 기준 임금보다 20% 이상 높습니다.",
            "{pay} won an hour, 20 % or more above your floor (or the minimum wage)",
            "제시하신 임금이 구직자의 기준을 충분히 넘습니다.",
            "Your pay is well above what this person asks for",
            "시급 {pay}원으로 구직자의 기준(또는 최저임금)을 충분히 넘습니다.",
            "{pay} won an hour, well above the jobseeker's floor (or the minimum wage)",
        ),
        ("pay", "above"): _told(
            "시급 {pay}원으로 기준 임금보다 10% 이상 높습니다.",
            "{pay} won an hour, 10 % or more above your floor (or the minimum wage)",
            "제시하신 임금이 구직자의 기준을 넘습니다.",
            "Your pay is above what this person asks for",
            "시급 {pay}원으로 구직자의 기준(또는 최저임금)을 넘습니다.",
            "{pay} won an hour, above the jobseeker's floor (or the minimum wage)",
        ),
        ("pay", "slightly_above"): _told(
            "시급 {pay}원으로 기준 임금보다 5% 이상 높습니다.",
            "{pay} won an hour, 5 % or more above your floor (or the minimum wage)",
            "제시하신 임금이 구직자의 기준을 조금 넘습니다.",
            "Your pay is slightly above what this person asks for",
            "시급 {pay}원으로 구직자의 기준(또는 최저임금)을 조금 넘습니다.",
            "{pay} won an hour, slightly above the jobseeker's floor (or the minimum wage)",
        ),
        ("pay", "meets"): _told(
            "시급 {pay}원으로 기준 임금을 충족합니다.",
            "{pay} won an hour meets your floor (or the minimum wage)",
            "제시하신 임금이 구직자의 기준을 충족합니다.",
            "Your pay meets what this person asks for",
            "시급 {pay}원으로 구직자의 기준(또는 최저임금)을 충족합니다.",
            "{pay} won an hour meets the jobseeker's floor (or the minimum wage)",
        ),
        ("pay", "below_minimum"): _told(
            "시급 {pay}원은 2026년 최저임금에 못 미칩니다. 근로조건을 꼭 확인하세요.",
            "{pay} won an hour is below the minimum wage of 2026: check the terms before you apply",
            "제시하신 임금이 2026년 최저임금에 못 미칩니다.",
            "Your pay is below the minimum wage of 2026",
            "시급 {pay}원은 2026년 최저임금에 못 미칩니다. 근로조건을 확인해야 합니다.",
            "{pay} won an hour is below the minimum wage of 2026: the terms need a check",
        ),
        ("pay", "unknown"): _told(
            "임금이 적혀 있지 않아 비교할 수 없습니다.",
            "The offer does not say what it pays",
            "임금을 적지 않으셔서 구직자의 기준과 비교할 수 없습니다.",
            "You do not say what you pay, so that it cannot be compared",
            "구인에 임금이 적혀 있지 않아 비교할 수 없습니다.",
            "The offer does not say what it pays, so that it cannot be compared",
        ),
        ("employment", "wished"): _told(
            "희망하신 고용형태입니다.",
            "A form of employment you wish for",
            "이 고용형태를 희망하는 구직자입니다.",
            "Wishes for this form of employment",
            "구직자가 희망하는 고용형태입니다.",
            "A form of employment the jobseeker wishes for",
        ),
        ("employment", "any_regular"): _told(
            "고용형태를 가리지 않으셨고, 기간의 정함이 없는 일자리입니다.",
            "Any form of employment will do for you, and this one is without a term",
            "고용형태를 가리지 않는 구직자입니다.",
            "Takes any form of employment",
            "고용형태를 가리지 않는 구직자이며, 기간의 정함이 없는 일자리입니다.",
            "Any form of employment will do for the jobseeker, and this one is without a term",
        ),
        ("employment", "any_fixed_term"): _told(
            "고용형태를 가리지 않으셨고, 계약기간이 있는 일자리입니다.",
            "Any form of employment will do for you; this one is for a term",
            "고용형태를 가리지 않는 구직자입니다. 계약기간이 있어 점수가 조금 낮습니다.",
            "Takes any form of employment; a job for a term counts a little less",
            "고용형태를 가리지 않는 구직자이며, 계약기간이 있는 일자리입니다.",
            "Any form of employment will do for the jobseeker; this one is for a term",
        ),
        ("employment", "any_temporary"): _told(
            "고용형태를 가리지 않으셨고, 파견 또는 대체인력 일자리입니다.",
            "Any form of employment will do for you; this one is agency or substitute work",
            "고용형태를 가리지 않는 구직자입니다. 파견·대체인력이어서 점수가 낮습니다.",
            "Takes any form of employment; agency and substitute work counts less",
            "고용형태를 가리지 않는 구직자이며, 파견 또는 대체인력 일자리입니다.",
            "Any form of employment will do for the jobseeker; this one is agency or substitute work",
        ),
        ("hours", "wished"): _told(
            "주 {hours}시간으로 희망하신 근로시간에 맞습니다.",
            "{hours} hours a week are within what you wish for",
            "주 {hours}시간이 구직자의 희망에 맞습니다.",
            "{hours} hours a week suit this person",
            "주 {hours}시간으로 구직자의 희망에 맞습니다.",
            "{hours} hours a week are within what the jobseeker wishes for",
        ),
        ("hours", "any"): _told(
            "근로시간을 가리지 않으셨습니다.",
            "You set no limit to weekly hours",
            "근로시간을 가리지 않는 구직자입니다.",
            "Sets no limit to weekly hours",
            "구직자가 근로시간을 가리지 않습니다.",
            "The jobseeker sets no limit to weekly hours",
        ),
        ("hours", "unknown"): _told(
            "근로시간이 적혀 있지 않아 확인이 필요합니다.",
            "The offer does not tell its weekly hours: ask for them",
            "근로시간을 적지 않으셔서 구직자의 희망과 비교할 수 없습니다.",
            "You do not tell the weekly hours, so that they cannot be compared",
            "구인에 근로시간이 적혀 있지 않아 확인이 필요합니다.",
            "The offer does not tell its weekly hours: ask for them",
        ),
        ("career", "experienced"): _told(
            "경력을 찾는 구인이며, 경력이 있으십니다.",
            "Asks for experience, and you have it",
            "찾으시는 경력이 있는 구직자입니다.",
            "Has the experience you ask for",
            "경력을 찾는 구인이며, 구직자에게 경력이 있습니다.",
            "Asks for experience, and the jobseeker has it",
        ),
        ("career", "new"): _told(
            "신입을 찾는 구인이며, 첫 일자리를 찾고 계십니다.",
            "Meant for beginners, and you look for a first job",
            "찾으시는 신입 구직자입니다.",
            "A beginner, as you ask for",
            "신입을 찾는 구인이며, 구직자가 첫 일자리를 찾고 있습니다.",
            "Meant for beginners, and the jobseeker looks for a first job",
        ),
        ("career", "any"): _told(
            "경력을 묻지 않는 구인입니다.",
            "Open to people with and without experience",
            "경력을 묻지 않으셨습니다.",
            "You ask for no particular experience",
            "경력을 묻지 않는 구인입니다.",
            "Open to people with and without experience",
        ),
        ("career", "begins_again"): _told(
            "신입 대상 구인이어서 경력을 살리기 어려울 수 있습니다.",
            "Meant for beginners: your experience may not count here",
            "신입을 찾으셨으나 경력이 있는 구직자입니다.",
            "You ask for a beginner; this person has experience",
            "신입 대상 구인이어서 구직자가 경력을 살리기 어려울 수 있습니다.",
            "Meant for beginners: the jobseeker's experience may not count here",
        ),
        ("education", "met"): _told(
            "요구 학력과 같습니다.",
            "Your education is just what is asked for",
            "요구하신 학력과 같습니다.",
            "Has just the education you ask for",
            "구직자의 학력이 요구 학력과 같습니다.",
            "The jobseeker's education is just what is asked for",
        ),
        ("education", "not_asked"): _told(
            "학력을 묻지 않는 구인입니다.",
            "No particular education is asked for",
            "학력을 묻지 않으셨습니다.",
            "You ask for no particular education",
            "학력을 묻지 않는 구인입니다.",
            "No particular education is asked for",
        ),
        ("education", "above"): _told(
            "요구 학력보다 높은 학력을 갖추셨습니다.",
            "You have more education than is asked for",
            "요구하신 것보다 높은 학력을 갖춘 구직자입니다.",
            "Has more education than you ask for",
            "구직자의 학력이 요구 학력보다 높습니다.",
            "The jobseeker has more education than is asked for",
        ),
    }
)
