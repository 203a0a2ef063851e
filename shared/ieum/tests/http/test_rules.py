"""Rules are named without repeating what broke them, however the rule was written."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, Field, TypeAdapter, ValidationError, model_validator

from ieum.http import BrokenRule, FieldError, Filled, field_errors


def _own_words(value: str) -> str:
    raise BrokenRule("not on Sundays", "일요일에는 안 됩니다")


def _plain(value: str) -> str:
    raise ValueError("not on Sundays")


def _quoting(value: str) -> str:
    raise ValueError(f"{value} is not a day")


class _Form(BaseModel):
    own: Annotated[str, AfterValidator(_own_words)]
    plain: Annotated[str, AfterValidator(_plain)]
    quoting: Annotated[str, AfterValidator(_quoting)]
    numbers: list[int]


def _errors(model: type[BaseModel], value: Any) -> list[FieldError]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(value)
    return field_errors(caught.value.errors())


def test_a_rule_in_own_words_is_passed_on_unless_it_quotes_the_input() -> None:
    told = _errors(_Form, {"own": "일요일", "plain": "friday", "quoting": "someday", "numbers": [1, "x", 3]})

    assert {(error.field, error.rule, error.ko) for error in told} == {
        ("own", "not on Sundays", "일요일에는 안 됩니다"),
        ("plain", "not on Sundays", "올바른 값이어야 합니다"),
        ("quoting", "valid here", "올바른 값이어야 합니다"),
        ("numbers.1", "a whole number", "정수여야 합니다"),
    }


class _Narrow(BaseModel):
    reason: Annotated[Filled, Field(max_length=5)]
    words: list[str] = Field(max_length=1)


def test_the_length_of_a_text_is_counted_in_characters_and_that_of_a_list_in_entries() -> None:
    told = _errors(_Narrow, {"reason": "가나다라마바", "words": ["a", "b"]})

    assert {(error.field, error.rule, error.ko) for error in told} == {
        ("reason", "at most 5 characters", "5자 이하여야 합니다"),
        ("words", "at most 1 entries", "1개 이하여야 합니다"),
    }


class _Pair(BaseModel):
    low: int
    high: int

    @model_validator(mode="after")
    def _ordered(self) -> "_Pair":
        if self.low > self.high:
            raise BrokenRule("not above high", "high보다 클 수 없습니다", field="low")
        return self


def test_a_rule_about_several_fields_may_name_the_one_to_mend() -> None:
    assert [error.field for error in _errors(_Pair, {"low": 2, "high": 1})] == ["low"]


def test_at_most_fifty_faults_are_told() -> None:
    told = _errors(_Form, {"own": "", "plain": "", "quoting": "", "numbers": ["x"] * 1_000})

    assert len(told) == 50


def test_choices_are_listed_in_korean_without_english_words() -> None:
    with pytest.raises(ValidationError) as three:
        TypeAdapter(Literal["a", "b", "c"]).validate_python("x")
    with pytest.raises(ValidationError) as one:
        TypeAdapter(Literal["a"]).validate_python("x")

    (several,), (single,) = field_errors(three.value.errors()), field_errors(one.value.errors())

    assert several.rule == "one of 'a', 'b' or 'c'"
    assert several.ko == "다음 중 하나여야 합니다: 'a', 'b', 'c'"
    assert single.ko == "다음 중 하나여야 합니다: 'a'"
