"""The main menu of each role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.language.words import N_


@dataclass(frozen=True)
class Entry:
    """A line of the menu; `here` marks the part of the site that the page belongs to."""

    path: str
    title: str
    here: bool = False


_MENUS: Mapping[str, Sequence[tuple[str, str]]] = {
    "jobseeker": (
        ("/jobseeker", N_("My page")),
        ("/jobseeker/matches", N_("Matches")),
        ("/jobseeker/referrals", N_("Referrals")),
        ("/jobseeker/registration", N_("Registration")),
        ("/messages", N_("Messages")),
    ),
    "employer": (
        ("/employer/vacancies", N_("Vacancies")),
        ("/imports", N_("File upload")),
        ("/employer/referrals", N_("Referrals")),
        ("/messages", N_("Messages")),
    ),
    "counsellor": (
        ("/counsellor/matches", N_("New matches")),
        ("/counsellor/vacancies", N_("Vacancies")),
        ("/counsellor/jobseekers", N_("Jobseekers")),
        ("/counsellor/referrals", N_("Referrals")),
        ("/counsellor/placements", N_("Placements made")),
        ("/imports", N_("File upload")),
        ("/figures", N_("Figures")),
    ),
    "director": (
        ("/figures", N_("Figures")),
        ("/counsellor/matches", N_("New matches")),
        ("/counsellor/referrals", N_("Referrals")),
        ("/counsellor/placements", N_("Placements made")),
        ("/record-looks", N_("Looks at records")),
    ),
    "regional": (("/figures", N_("Figures")), ("/indicators", N_("Indicators"))),
    "ministry": (("/figures", N_("Figures")), ("/indicators", N_("Indicators"))),
    "operator": (("/operator", N_("Services")), ("/figures", N_("Figures"))),
}
_ANYBODY = (("/", N_("Home")), ("/indicators", N_("Indicators")), ("/developer", N_("For developers")))


def menu_of(role: str | None, path: str) -> list[Entry]:
    """The menu of a role, or of a visitor who is not signed in; the longest entry that leads to `path` is marked."""
    entries = _MENUS.get(role or "", _ANYBODY)
    leading = [entry for entry, _ in entries if path == entry or path.startswith(f"{entry}/")]
    here = max(leading, key=len, default=None)
    return [Entry(entry, title, entry == here) for entry, title in entries]


def home_of(role: str) -> str:
    """Where somebody of a role arrives after signing in."""
    return _MENUS.get(role, _ANYBODY)[0][0]
