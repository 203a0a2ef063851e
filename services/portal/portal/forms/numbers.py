"""The numbers of records, as addresses have them."""

from uuid import UUID

from portal.services import FieldError

RULE = FieldError(
    rule="the whole number, 36 characters, as in the address of its page",
    ko="해당 화면의 주소에 있는 36자리 번호 전체여야 합니다.",
)


def is_whole_number(text: str) -> bool:
    """Whether a text is the number of a record, whole and not as the eight characters that pages show."""
    try:
        return len(text) == 36 and bool(UUID(text))
    except ValueError:
        return False
