from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from notifications.messages.events import PlacementReversed
from notifications.messages.kinds import KINDS
from notifications.messages.rules import Draft, drafts_of
from notifications.messages.texts import TemplateMissing, Templates, Texts

Make = Callable[..., Any]

texts = Texts()


@pytest.fixture
def every_draft(proposed: Make, referred: Make, answered: Make, placed: Make) -> list[Draft]:
    """A draft of every kind, with every answer that an employer can give."""
    reversal = PlacementReversed(
        jobseeker_id="j", vacancy_id="v", employer_id="e", centre_code="11010", hired_on=date(2026, 11, 2)
    )
    answers = [answered(answer=answer) for answer in ("interview", "declined", "hired")]
    events = [proposed(), referred(), *answers, placed(), reversal.received("placement-1")]
    return [draft for event in events for draft in drafts_of(event)]


def test_every_kind_says_something_in_korean_and_english(every_draft: list[Draft]) -> None:
    for draft in every_draft:
        for facts in ({}, {"title": "용접원", "employer_name": "한빛정공"}):
            notices = texts.notices(draft.kind, facts | draft.params)

            assert {"ko", "en"} <= set(notices), draft.kind
            assert all(notice.title and notice.text for notice in notices.values()), draft.kind
            assert all("None" not in notice.title + notice.text for notice in notices.values()), draft.kind
    assert {draft.kind for draft in every_draft} == set(KINDS)


def test_a_match_names_the_job_the_employer_and_the_score(proposed: Make) -> None:
    (draft,) = drafts_of(proposed(title="용접원", employer_name="한빛정공", score=87))

    korean, english = texts.notice(draft.kind, "ko", draft.params), texts.notice(draft.kind, "en", draft.params)

    assert korean.title == "새 일자리: 용접원"
    assert all(word in korean.text for word in ("한빛정공", "용접원", "87"))
    assert english.title == "New match: 용접원"
    assert all(word in english.text for word in ("한빛정공", "용접원", "87"))


def test_a_line_break_in_an_imported_title_becomes_a_space(proposed: Make) -> None:
    (draft,) = drafts_of(proposed(title="용접원\r\nBcc: x@example.org"))

    assert texts.notice(draft.kind, "ko", draft.params).title == "새 일자리: 용접원 Bcc: x@example.org"


def test_words_are_not_escaped_for_html_because_the_page_does_that(proposed: Make) -> None:
    (draft,) = drafts_of(proposed(employer_name="R&D <Lab>"))

    assert "R&D <Lab>" in texts.notice(draft.kind, "en", draft.params).text


def test_a_language_without_a_file_is_written_in_english(proposed: Make) -> None:
    (draft,) = drafts_of(proposed())

    assert texts.notice(draft.kind, "vi", draft.params) == texts.notice(draft.kind, "en", draft.params)


def test_a_language_is_added_by_adding_a_file(tmp_path: Path) -> None:
    for language, word in (("ko", "안녕"), ("en", "hello"), ("vi", "xin chào")):
        (tmp_path / "greeting").mkdir(exist_ok=True)
        (tmp_path / "greeting" / f"{language}.jinja").write_text(f"{{% block title %}}{word}{{% endblock %}}")

    templates = Templates(tmp_path, ["greeting"], ["title"])

    assert templates.render("greeting", "vi", "title", {}) == "xin chào"


@pytest.mark.parametrize(
    "files",
    [{"ko": "{% block title %}x{% endblock %}"}, {"ko": "{% block title %}x{% endblock %}", "en": "no block"}],
)
def test_a_missing_language_or_block_stops_the_start(tmp_path: Path, files: dict[str, str]) -> None:
    (tmp_path / "greeting").mkdir()
    for language, content in files.items():
        (tmp_path / "greeting" / f"{language}.jinja").write_text(content)

    with pytest.raises(TemplateMissing, match=r"greeting/en\.jinja"):
        Templates(tmp_path, ["greeting"], ["title"])


def test_a_kind_of_a_newer_release_is_announced_in_general_words() -> None:
    notice = texts.notice("interview_moved", "en", {"room": 3})

    assert notice.title == "News from your employment centre"
