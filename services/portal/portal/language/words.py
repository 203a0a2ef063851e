"""The words for codes that services use, so that no page shows a code where a person reads."""

from collections.abc import Callable, Mapping

PAY_TYPES = ("hour", "day", "month", "year")
EMPLOYMENT_TYPES = ("regular", "regular_part_time", "fixed_term", "fixed_term_part_time", "dispatch", "substitute")
CAREERS = ("any", "new", "experienced")
ROLES = ("jobseeker", "employer", "counsellor", "director", "regional", "ministry", "operator")


def N_(message: str) -> str:  # noqa: N802 (the name gettext's extractor knows)
    """Marks a message for translation where it is written and not yet said."""
    return message


_WORDS: Mapping[str, Mapping[str, str]] = {
    "role": {
        "jobseeker": N_("Jobseeker"),
        "employer": N_("Employer"),
        "counsellor": N_("Counsellor"),
        "director": N_("Centre director"),
        "regional": N_("Regional office"),
        "ministry": N_("Ministry headquarters"),
        "operator": N_("Operator"),
    },
    "pay": {"hour": N_("an hour"), "day": N_("a day"), "month": N_("a month"), "year": N_("a year")},
    "employment": {
        "regular": N_("Regular"),
        "regular_part_time": N_("Regular, part time"),
        "fixed_term": N_("Fixed term"),
        "fixed_term_part_time": N_("Fixed term, part time"),
        "dispatch": N_("Dispatched"),
        "substitute": N_("Substitute"),
    },
    "career": {
        "new": N_("No experience needed"),
        "experienced": N_("Experienced"),
        "any": N_("Experience does not matter"),
    },
    "education": {
        "00": N_("Education does not matter"),
        "01": N_("Elementary school"),
        "02": N_("Middle school"),
        "03": N_("High school"),
        "04": N_("College (2–3 years)"),
        "05": N_("University (4 years)"),
        "06": N_("Master's degree"),
        "07": N_("Doctorate"),
    },
    "vacancy": {
        "draft": N_("Draft"),
        "open": N_("Open"),
        "paused": N_("Paused"),
        "filled": N_("Filled"),
        "closed": N_("Closed"),
        "expired": N_("Expired"),
    },
    "referral": {
        "made": N_("Waiting for the employer"),
        "waiting": N_("Waiting for the employer"),
        "interview": N_("Invited to an interview"),
        "declined": N_("Declined"),
        "hired": N_("Hired"),
        "taken_back": N_("Hire taken back"),
        "withdrawn": N_("Withdrawn"),
    },
    "absence": {
        "registration": N_("Nobody can register or post; matches, messages and figures go on."),
        "matching": N_("No new matches and no referrals; registrations and vacancies wait to be matched."),
        "notifications": N_("Nobody is told meanwhile; everything is told later, once."),
        "evaluation": N_("No figures are shown; the events wait and are counted later."),
    },
    "declined": {
        "skills": N_("The skills do not fit"),
        "experience": N_("The experience does not fit"),
        "conditions": N_("No agreement on conditions"),
        "position_filled": N_("The position is filled"),
        "no_show": N_("The person did not come"),
        "other": N_("Another reason"),
    },
    "withdrawn": {
        "jobseeker_stopped": N_("The jobseeker stopped seeking"),
        "jobseeker_asked": N_("The jobseeker asked for it"),
        "made_in_error": N_("It was made in error"),
        "other": N_("Another reason"),
    },
    "moved": {
        "hired_elsewhere": N_("Somebody was hired in another way"),
        "plan_changed": N_("The plan changed"),
        "other": N_("Another reason"),
    },
    "stop": {"employed": N_("I found work"), "withdrawn": N_("I no longer seek work"), "expired": N_("Expired")},
    "stopped": {"employed": N_("Found work"), "withdrawn": N_("No longer seeks work"), "expired": N_("Expired")},
    "source": {
        "referral": N_("Referral"),
        "own_search": N_("Own search"),
        "meeting_day": N_("Meeting day"),
        "programme": N_("Programme"),
        "portal": N_("This site"),
        "work24": N_("Work24 file"),
        "json_ld": N_("JobPosting file"),
        "csv": N_("Spreadsheet"),
    },
    "format": {
        "auto": N_("Find out from the file"),
        "work24": N_("Work24 XML"),
        "json_ld": N_("schema.org JobPosting (JSON-LD)"),
        "csv": N_("CSV spreadsheet (UTF-8 or CP949)"),
    },
    "import": {
        "waiting": N_("Waiting"),
        "running": N_("Running"),
        "stopped": N_("Stopped before its end"),
        "finished": N_("Finished"),
        "failed": N_("Failed"),
    },
    "service": {
        "registration": N_("Registration of people and vacancies"),
        "matching": N_("Matching"),
        "notifications": N_("Notifications"),
        "evaluation": N_("Evaluation"),
        "portal": N_("This site"),
    },
    "part": {"service": N_("Process"), "database": N_("Database"), "messaging": N_("Event delivery")},
    "part_status": {"ok": N_("in order"), "unavailable": N_("not available")},
    "message": {
        "match_proposed": N_("A vacancy suits me"),
        "referral_made": N_("I was put forward to an employer"),
        "referral_answered": N_("An employer answered my referral"),
        "placement_recorded": N_("My hire was recorded"),
        "placement_reversed": N_("My recorded hire was taken back"),
        "hire_reversed": N_("A hire of ours was taken back"),
        "referral_received": N_("A counsellor put somebody forward to us"),
        "referral_result": N_("An employer answered my centre's referral"),
    },
    "event": {
        "VacancyOpened": N_("A vacancy was posted"),
        "VacancyChanged": N_("A vacancy was changed"),
        "JobseekerRegistered": N_("A jobseeker registered"),
        "PlacementRecorded": N_("A placement was recorded"),
        "PlacementReversed": N_("A placement was reversed"),
    },
    "measure": {
        "openings": N_("Openings"),
        "jobseekers": N_("Jobseekers"),
        "placements": N_("Placements"),
    },
    "unit": {"persons": N_("persons"), "ratio": N_("openings for each jobseeker"), "percent": "%"},
}


class Words:
    """Says codes in one language: `words("pay", "hour")`. An unknown code is said as it is."""

    def __init__(self, gettext: Callable[[str], str]) -> None:
        self._gettext = gettext

    def __call__(self, kind: str, code: str | None) -> str:
        """The word for a code of one kind."""
        if not code:
            return "–"
        word = _WORDS[kind].get(code)
        return code if word is None else self._gettext(word)

    def of(self, kind: str) -> dict[str, str]:
        """All codes of a kind with their words, in order."""
        return {code: self._gettext(word) for code, word in _WORDS[kind].items()}
