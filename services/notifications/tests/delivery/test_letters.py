from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from notifications.delivery.contacts import Contact
from notifications.delivery.letters import LetterWriter, page_of
from notifications.delivery.store import LetterMessage
from notifications.messages.rules import drafts_of
from notifications.messages.texts import Texts

Make = Callable[..., Any]

writer = LetterWriter(Texts(), "https://portal.example/")
CONTACT = Contact(name="가상 구직자", email="someone@example.org")


@pytest.fixture
def matches(proposed: Make) -> Callable[..., list[LetterMessage]]:
    """Messages of matches with these titles."""

    def make(*titles: str) -> list[LetterMessage]:
        drafts = [drafts_of(proposed(title=title))[0] for title in titles]
        return [LetterMessage(draft.kind, dict(draft.params), draft.occurred_at) for draft in drafts]

    return make


def test_one_message_is_written_out(matches: Make) -> None:
    letter = writer.write(uuid4(), "someone@example.org", matches("용접원"), "ko", CONTACT)

    assert letter.subject == "새 일자리: 용접원"
    assert letter.body.startswith("가상 구직자 님")
    assert "한빛정공의 ‘용접원’ 구인이" in letter.body
    assert "https://portal.example/jobseeker/matches#match-" in letter.body


def test_several_messages_become_a_digest_that_lists_each(matches: Make) -> None:
    titles = [f"일자리 {number}" for number in range(1, 31)]

    korean = writer.write(uuid4(), "someone@example.org", matches(*titles), "ko", CONTACT)
    english = writer.write(uuid4(), "someone@example.org", matches(*titles), "en", CONTACT)

    assert korean.subject == "새 일자리: 일자리 1 외 29건"
    assert english.subject == "New match: 일자리 1 and 29 more"
    for body in (korean.body, english.body):
        assert all(f"{number}. " in body and title in body for number, title in enumerate(titles, 1))


def test_a_short_text_fits_the_news_in_a_line(matches: Make) -> None:
    letter = writer.write(uuid4(), "010-0000-0000", matches("용접원", "조리원"), "ko", CONTACT)

    assert letter.short == "[이음] 새 일자리: 용접원 외 1건 https://portal.example/messages"


def test_a_letter_leads_to_what_it_tells_of(matches: Make) -> None:
    (match, other) = matches("용접원", "조리원")
    referral = replace(match, kind="referral_made", params={**match.params, "match_id": None})
    placement = replace(referral, kind="placement_recorded")

    assert page_of([match]) == f"/jobseeker/matches#match-{match.params['match_id']}"
    assert page_of([match, other]) == "/jobseeker/matches"
    assert page_of([referral]) == "/jobseeker/referrals"
    assert page_of([match, referral]) == "/messages"
    assert page_of([placement]) == "/messages"


def test_a_recipient_without_a_name_is_not_addressed_by_one(matches: Make) -> None:
    letter = writer.write(uuid4(), "jobs@example.org", matches("용접원"), "en", Contact(email="jobs@example.org"))

    assert "Dear" not in letter.body
    assert letter.body.startswith("The vacancy “용접원”")
