"""Every finding is told to all who read it in both languages."""

import re

import pytest

from matching.recommendations import rules, words
from matching.recommendations.words import Side

from .test_rules import findings
from .worlds import a_vacancy


def test_there_are_words_for_every_finding_and_for_nothing_else() -> None:
    assert words.explained() == {(finding.part, finding.key) for finding in findings()}


@pytest.mark.parametrize("side", ["jobseeker", "employer", "staff"])
def test_words_are_complete_in_both_languages(side: Side) -> None:
    for finding in findings():
        told = words.explain(finding, a_vacancy(), side)

        assert re.search("[가-힣]", told.ko)
        assert re.search("[A-Za-z]{3}", told.en)
        assert "{" not in told.ko + told.en
        assert told.ko != told.en


def test_words_hold_where_the_offer_is_silent() -> None:
    silent = a_vacancy(hourly_pay=None, weekly_hours=None)

    told = words.explain(rules.PAY_UNKNOWN, silent, "jobseeker")

    assert told.en == "The offer does not say what it pays"


def test_the_employer_reads_no_figure_about_the_person() -> None:
    told = [words.explain(finding, a_vacancy(weekly_hours=None), "employer") for finding in findings()]

    assert not [text for pair in told for text in pair if re.search(r"\d", text.replace("2026", ""))]


def test_staff_are_not_spoken_to_as_if_they_were_one_of_the_two() -> None:
    told = [words.explain(finding, a_vacancy(), "staff") for finding in findings()]

    assert not [pair.en for pair in told if re.search(r"\byou(r|rs)?\b", pair.en, re.IGNORECASE)]
    # The honorific 시 of the person who is spoken to.
    assert not [pair.ko for pair in told if re.search("하신|으신|셨|십니다|계십|하세요", pair.ko)]
