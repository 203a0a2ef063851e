"""Whose messages a caller reads: their own, and people of an employer that employer's."""

from ieum.http import Caller
from notifications.messages.kinds import Audience
from notifications.messages.rules import employer_recipient

READERS = ("jobseeker", "employer", "counsellor", "director", "regional", "ministry", "operator")


def recipient_of(caller: Caller) -> str:
    """The recipient that this caller reads as. Raises Forbidden for an employer's person without an employer."""
    if caller.role == "employer":
        return employer_recipient(caller.attribute("employer_id"))
    return caller.person_id


def audience_of(caller: Caller) -> Audience:
    """Which kinds of message concern this caller."""
    if caller.role == "jobseeker":
        return "jobseeker"
    return "employer" if caller.role == "employer" else "staff"
