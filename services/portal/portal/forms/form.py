"""A form as it is shown: values typed so far, errors beside the fields they name, and its idempotency key."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from starlette.datastructures import FormData

from ieum.http import FieldError as RuleOfField
from ieum.http import Invalid
from portal.services import FieldError, Problem

_TAG = re.compile(r'("[0-9]{1,18}")?')
_NO_TAG = RuleOfField(field="tag", rule='an ETag such as "3"', ko='"3" 형식의 ETag여야 합니다')
# Longer ones are no number of anything: the service says so of the text.
_WHOLE = re.compile(r"-?[0-9]{1,100}")


@dataclass(frozen=True)
class Form:
    """
    The state of one form.

    `key` is drawn when the form is first shown and kept when it is shown again because nobody knows whether it took
    effect, so that sending it again cannot take effect twice. A refused form had no effect: it gets a new key.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    """The fields and what they are called, in English; templates translate."""
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Sequence[FieldError] = ()
    problem: Problem | None = None
    missing: str | None = None
    key: str = field(default_factory=lambda: str(uuid4()))
    tag: str = ""

    @classmethod
    def shown(cls, labels: Mapping[str, str], values: Mapping[str, object] | None = None, tag: str = "") -> "Form":
        """A form that shows something kept: lists as several values, nothing as an empty field."""
        return cls(labels, {name: _texts(value) for name, value in (values or {}).items()}, tag=tag)

    @classmethod
    def sent(cls, labels: Mapping[str, str], data: FormData) -> "Form":
        """The form as the visitor sent it. Raises Invalid for an entity tag that is none: it becomes a header."""
        names = {name for name, value in data.multi_items() if isinstance(value, str)}
        values = {name: [value for value in data.getlist(name) if isinstance(value, str)] for name in names}
        tag = values.get("tag", [""])[0]
        if not _TAG.fullmatch(tag):
            raise Invalid(errors=[_NO_TAG])
        return cls(labels, values, key=_key(values.get("key", [""])[0]), tag=tag)

    def refused(self, problem: Problem) -> "Form":
        """The form shown again with what the service says is wrong."""
        return replace(self, errors=tuple(problem.errors or ()), problem=problem, key=str(uuid4()))

    def wrong(self, errors: Iterable[FieldError]) -> "Form":
        """The form shown again with what cannot even be sent."""
        return replace(self, errors=tuple(errors), key=str(uuid4()))

    def unsent(self, service: str) -> "Form":
        """The form shown again because the service did not answer; the key stays."""
        return replace(self, missing=service)

    def value(self, name: str) -> str:
        """What a field shows."""
        values = self.values.get(name, ())
        return values[0] if values else ""

    def chosen(self, name: str) -> Sequence[str]:
        """Everything chosen in a field of several."""
        return self.values.get(name, ())

    def place_of(self, error: FieldError) -> str | None:
        """The field of this form that an error is about, if it is about one."""
        name = error.field
        while name and name not in self.labels:
            name = name.rpartition(".")[0]
        return name or None

    def is_whole_refusal(self, error: FieldError) -> bool:
        """Whether an error of a field is all that the refusal says: then it is said once, at the field."""
        detail = self.problem.detail if self.problem else None
        return detail is not None and detail in (error.rule, error.ko) and self.place_of(error) is not None

    @property
    def detail(self) -> str | None:
        """What the refusal says of the form as a whole, beside what its fields say."""
        if self.problem is None or any(self.is_whole_refusal(error) for error in self.errors):
            return None
        return self.problem.detail

    def errors_of(self, name: str) -> list[FieldError]:
        """The errors that name a field or a part of it."""
        return [error for error in self.errors if self.place_of(error) == name]


def text(data: Form, name: str) -> str | None:
    """A text without the blanks around it; None when nothing was typed."""
    return data.value(name).strip() or None


def number(data: Form, name: str) -> int | str | None:
    """
    A whole number, typed with or without thousands separators; None when nothing was typed.

    What is no number is handed on as it is: the service that owns the rule says what is wrong with it.
    """
    typed = data.value(name).strip().replace(",", "")
    return int(typed) if _WHOLE.fullmatch(typed) else (typed or None)


def ticked(data: Form, name: str) -> bool:
    """Whether a box is ticked."""
    return bool(data.chosen(name))


def _texts(value: object) -> list[str]:
    if value is None or value is False:
        return []
    if isinstance(value, (list, tuple)):
        return [str(one) for one in value]
    return ["1" if value is True else str(value)]


def _key(sent: str) -> str:
    try:
        return str(UUID(sent))
    except ValueError:
        return str(uuid4())
