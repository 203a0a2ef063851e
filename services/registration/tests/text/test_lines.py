"""A line of text is one composed, printable line."""

import pytest

from registration.text.lines import plain


@pytest.mark.parametrize(
    ("text", "line"),
    [("  (주) 한빛\t정보\n", "(주) 한빛 정보"), ("a\x00b", "a b"), ("\u1112\u1161\u11ab", "한"), ("가  나", "가 나")],
)
def test_text_becomes_one_composed_printable_line(text: str, line: str) -> None:
    assert plain(text) == line
