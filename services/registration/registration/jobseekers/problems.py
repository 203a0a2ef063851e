"""What can stand against a registration, for whoever asked for it."""

from collections.abc import Sequence

from ieum.http import Conflict, FieldError, Invalid
from registration.jobseekers.rules import RULES_VERSION, Reason


class RegistrationRefused(Invalid):
    """The registration breaks an entry rule."""

    ko = "등록 요건에 맞지 않는 항목이 있습니다."

    def __init__(self, reasons: Sequence[Reason] = ()) -> None:
        super().__init__(
            {"en": f"By the entry rules {RULES_VERSION}.", "ko": f"등록 요건 {RULES_VERSION}판에 따릅니다."},
            errors=[_field_error(reason) for reason in reasons],
        )
        self.reasons = list(reasons)


class DuplicateRegistration(Conflict):
    """Somebody of this name with this phone number or e-mail address is registered already."""

    ko = "같은 이름과 같은 연락처로 이미 등록된 구직자가 있습니다."

    def __init__(self) -> None:
        rule = Reason("person", "one person, one record", "한 사람은 하나의 기록만 가집니다.")
        super().__init__(errors=[_field_error(rule)])
        self.reasons = [rule]


class AlreadyRegistered(Conflict):
    """You are registered already: change the registration instead."""

    ko = "이미 구직등록이 되어 있습니다. 등록 내용을 변경해 주세요."


class RegistrationStopped(Conflict):
    """The registration has ended and takes no more changes: register again."""

    ko = "종료된 구직등록은 변경할 수 없습니다. 다시 등록해 주세요."


def _field_error(reason: Reason) -> FieldError:
    return FieldError(field=reason.field, rule=reason.rule, ko=reason.ko)
