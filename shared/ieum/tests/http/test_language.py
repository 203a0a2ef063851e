"""Korean unless English is preferred, whatever a client sends as its languages."""

import pytest

from ieum.http import preferred_language


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [
        (None, "ko"),
        ("", "ko"),
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("en-US,en;q=0.9,ko;q=0.8", "en"),
        ("ko;q=0.2, en;q=0.7", "en"),
        ("fr-FR, en;q=0.5", "en"),
        ("fr-FR", "ko"),
        ("*", "ko"),
        ("en;q=0", "ko"),
        ("en;q=nonsense", "ko"),
        ("EN", "en"),
        (",,,;;;q=,", "ko"),
        ("x," * 10_000 + "en", "ko"),
    ],
)
def test_the_language_of_an_answer(accept_language: str | None, language: str) -> None:
    assert preferred_language(accept_language) == language
