"""The kinds of message there are, whom each is for, and what is on unless the recipient says otherwise."""

from dataclasses import dataclass
from typing import Final, Literal

Audience = Literal["jobseeker", "employer", "staff"]
Channel = Literal["live", "email", "sms"]

CHANNELS: Final[tuple[Channel, ...]] = ("live", "email", "sms")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message. Its texts are the files of `templates/<name>/`, one per language.

    `default_on` names the channels in use until the recipient chooses. `folds`: many in a short time become one letter.
    `page` is where the portal shows the recipient more of it.
    """

    name: str
    audience: Audience
    default_on: frozenset[Channel]
    folds: bool = False
    page: str = "/messages"


def _kinds(*kinds: Kind) -> dict[str, Kind]:
    return {kind.name: kind for kind in kinds}


_TOLD = frozenset[Channel]({"live", "email"})

KINDS: Final = _kinds(
    Kind("match_proposed", "jobseeker", _TOLD, folds=True, page="/jobseeker/matches"),
    Kind("referral_made", "jobseeker", _TOLD, page="/jobseeker/referrals"),
    Kind("referral_answered", "jobseeker", _TOLD, page="/jobseeker/referrals"),
    Kind("placement_recorded", "jobseeker", _TOLD),
    Kind("placement_reversed", "jobseeker", _TOLD),
    Kind("referral_received", "employer", _TOLD, page="/employer/referrals"),
    Kind("hire_reversed", "employer", _TOLD, page="/employer/referrals"),
    # Staff have the page open all day; letters are theirs to switch on.
    Kind("referral_result", "staff", frozenset({"live"}), page="/counsellor/referrals"),
)


def kinds_for(audience: Audience) -> dict[str, Kind]:
    """The kinds that this audience can be told."""
    return {name: kind for name, kind in KINDS.items() if kind.audience == audience}
