"""What a name, an e-mail address and a phone number are, how they compare and how they are masked; pure."""

import re
import unicodedata
from typing import Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from ieum.lines import has_overrides, says_something

NAME_LENGTH: Final = 60
"""Longest name taken, in characters: the longest in passports, with room."""

_KOREA = 82
_SHORTEST_IN_KOREA = 10_000_000
_MASK: Final = "*"


def clean_name(name: str) -> str | None:
    """
    The name in NFC with single spaces; None when it is empty, too long, holds no letter to be seen, a control character
    or an override of the reading direction.
    """
    if has_overrides(name) or any(unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"} for character in name):
        return None
    cleaned = " ".join(unicodedata.normalize("NFC", name).split())
    if len(cleaned) > NAME_LENGTH or not any(map(str.isalpha, cleaned)) or not says_something(cleaned):
        return None
    return cleaned


def same_name(name: str) -> str:
    """The form under which two spellings of one name are equal: NFKC, no spaces, case folded."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def clean_email(email: str) -> str | None:
    """The address in its normal form, the domain in lower case; None when it is none (RFC 5322, not looked up)."""
    try:
        # The reserved domain test is taken: fictitious people live there.
        address = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return address.normalized if "." in address.domain else None


def same_email(email: str) -> str:
    """The form under which two spellings of one address are equal; mailboxes are not told apart by case anywhere."""
    return email.casefold()


def clean_phone(phone: str) -> str | None:
    """The number in E.164 (+821012345678), Korean where no country is given; None when it can be no number."""
    if re.search(r"[^0-9+()\-.\s/]", phone):  # phonenumbers would take vanity letters and extensions
        return None
    try:
        number = phonenumbers.parse(phone, "KR")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    # The library takes Korean numbers of five digits for possible; the shortest that anybody has is 1588-1234.
    if number.country_code == _KOREA and (number.national_number or 0) < _SHORTEST_IN_KOREA:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask_name(name: str) -> str:
    """The name for lists: 홍길동 -> 홍*동, 이산 -> 이*, 남궁민수 -> 남**수, John Smith -> J*** S****."""
    words = name.split()
    if len(words) > 1:
        return " ".join(word[0] + _MASK * (len(word) - 1) for word in words)
    if len(name) <= 2:
        return name[:1] + _MASK
    return name[0] + _MASK * (len(name) - 2) + name[-1]
