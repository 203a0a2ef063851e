"""Which of the two languages an answer is written in: Korean unless the client prefers English."""

from typing import Literal

Language = Literal["ko", "en"]


def preferred_language(accept_language: str | None) -> Language:
    """`Accept-Language` (RFC 9110) reduced to ko or en; what cannot be read counts as absent, and absent means ko."""
    best: tuple[float, Language] = (0.0, "ko")
    for part in (accept_language or "").split(",")[:20]:
        tag, _, parameters = part.strip().partition(";")
        primary = tag.split("-")[0].strip().lower()
        language: Language | None = "en" if primary == "en" else "ko" if primary in ("ko", "*") else None
        quality = _quality(parameters)
        if language and quality > best[0]:
            best = (quality, language)
    return best[1]


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0
