"""The pure parts of forms, pickers, periods and menus."""

from datetime import date

import pytest
from starlette.datastructures import FormData

from portal.codes.picking import is_looking, picker_of
from portal.codes.tree import Occupation, Occupations, Region, Regions
from portal.figures.periods import Period, period_of
from portal.forms import guard
from portal.forms.form import Form, number, text
from portal.layout.menus import home_of, menu_of
from portal.services import FieldError, NotAnId, Problem, free_part, part

from . import nation

LABELS = {"pay": "Pay", "wishes.regions": "Regions"}
TREE = Occupations([Occupation.model_validate(entry) for entry in nation.OCCUPATIONS])


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12,000", 12000),
        (" 7 ", 7),
        ("-1", -1),
        ("", None),
        ("twelve", "twelve"),
        ("1.5", "1.5"),
        ("１２", "１２"),
        ("--5", "--5"),
        ("-", "-"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_numbers_are_read_and_what_is_none_is_handed_on_as_typed(typed: str, value: object) -> None:
    assert number(Form(values={"pay": [typed]}), "pay") == value


def test_blanks_around_a_text_are_not_part_of_it_and_nothing_is_none() -> None:
    form = Form(values={"a": ["  x "], "b": ["  "]})

    assert (text(form, "a"), text(form, "b"), text(form, "c")) == ("x", None, None)


def test_an_error_belongs_to_the_field_it_names_or_the_one_around_it() -> None:
    form = Form(labels=LABELS)

    assert form.place_of(FieldError(field="pay")) == "pay"
    assert form.place_of(FieldError(field="wishes.regions.0")) == "wishes.regions"
    assert form.place_of(FieldError(field="wishes")) is None
    assert form.place_of(FieldError(field="")) is None


def test_a_refused_form_gets_a_new_key_and_an_unsent_one_keeps_its_own() -> None:
    form = Form.shown(LABELS, {"pay": 1})

    assert form.refused(Problem(status=422)).key != form.key
    assert form.unsent("registration").key == form.key


def test_a_key_that_is_no_uuid_is_replaced() -> None:
    sent = Form.sent(LABELS, FormData([("key", "x' OR 1"), ("pay", "1"), ("pay", "2")]))

    assert len(sent.key) == 36
    assert sent.chosen("pay") == ["1", "2"]


def test_what_is_no_id_never_becomes_part_of_a_services_address() -> None:
    assert part("c51b0f6e-3a4e-4f0c-9a37-1f2f3d4c5b6a") == "c51b0f6e-3a4e-4f0c-9a37-1f2f3d4c5b6a"
    assert free_part("한 글") == "%ED%95%9C%20%EA%B8%80"
    for no_id in ("", ".", "..", "x/y", "x\r\n", "..%2f", "한", "x" * 101):
        with pytest.raises(NotAnId):
            part(no_id)
    for no_part in ("", ".", "..", "x" * 2001):
        with pytest.raises(NotAnId):
            free_part(no_part)


def test_a_token_belongs_to_one_secret() -> None:
    token = guard.token("key", "secret")

    guard.check("key", "secret", token)
    for secret, sent in (("other", token), ("secret", ""), (None, token), ("secret", "é")):
        with pytest.raises(guard.ForeignForm):
            guard.check("key", secret, sent)


def test_an_occupation_stands_under_each_of_its_groups_once() -> None:
    assert [entry.code for entry in TREE.fields] == ["01", "13"]
    assert [entry.code for entry in TREE.below("13A")] == ["026201"]
    assert [entry.code for entry in TREE.below("01A")] == ["026201", "026300"]
    assert TREE.path("026201") == ["영업·판매·운전·운송", "운송 사무·물류"]


def test_a_search_needs_every_word_and_finds_the_shortest_name_first() -> None:
    assert [entry.code for entry in TREE.found("사무")] == ["026201", "026300", "13A", "01"]
    assert [entry.code for entry in TREE.found("사무 회계")] == ["026300"]
    assert TREE.found("  ") == []


def test_for_a_vacancy_only_occupations_can_be_found_and_what_is_chosen_is_not_found_again() -> None:
    form = Form(values={"occupation_code": ["026300"], "find": ["사무"], "look": ["find"]})

    picker = picker_of(form, TREE, "occupation_code", several=False)

    assert [entry.code for entry in picker.found] == ["026201"]
    assert [entry.code for entry in picker.chosen] == ["026300"]


def test_a_group_opens_and_closes_by_the_same_button() -> None:
    opened = picker_of(Form(values={"look": ["open:13A"]}), TREE, "o", several=True)
    closed = picker_of(Form(values={"look": ["open:13A"], "opened": ["13A"]}), TREE, "o", several=True)

    assert (opened.opened, opened.holds_open("13"), opened.holds_open("01")) == (frozenset({"13A"}), True, False)
    assert closed.opened == frozenset()


@pytest.mark.parametrize(
    ("values", "looking"),
    [
        ({}, False),
        ({"look": ["find"]}, True),
        ({"find": ["x"], "found": [""]}, True),
        ({"find": ["x"], "found": ["x"]}, False),
    ],
)
def test_a_word_that_was_already_looked_for_does_not_hold_the_form_back(
    values: dict[str, list[str]], looking: bool
) -> None:
    assert is_looking(Form(values=values)) is looking


def test_only_regions_in_use_are_offered_each_under_its_province() -> None:
    regions = Regions([Region.model_validate(entry) for entry in nation.REGIONS])

    assert [(top.code, [one.code for one in inside]) for top, inside in regions.provinces] == [
        ("41000", ["41150", "41630"]),
        ("11000", ["11350"]),
    ]
    assert regions.places["경기"] == {"41000": "경기", "41150": "경기 의정부시", "41630": "경기 양주시"}
    assert [one.name for one in regions.named(["42000", "99999"])] == ["강원", "99999"]


TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("asked", "period"),
    [
        ((None, None, None), Period("today", TODAY, TODAY)),
        (("nonsense", None, None), Period("today", TODAY, TODAY)),
        (("month", None, None), Period("month", date(2026, 11, 1), TODAY)),
        (("year", None, None), Period("year", date(2026, 1, 1), TODAY)),
        (("custom", "2026-11-20", "2026-11-10"), Period("custom", date(2026, 11, 10), date(2026, 11, 20))),
        (("custom", "2026-02-30", None), Period("custom", TODAY, TODAY)),
    ],
)
def test_a_period_is_always_a_span_of_days_that_exist(
    asked: tuple[str | None, str | None, str | None], period: Period
) -> None:
    assert period_of(*asked, TODAY) == period


def test_everybody_has_a_menu_and_the_longest_entry_that_leads_here_is_marked() -> None:
    assert [entry.title for entry in menu_of("jobseeker", "/jobseeker/matches") if entry.here] == ["Matches"]
    assert [entry.title for entry in menu_of("jobseeker", "/jobseeker") if entry.here] == ["My page"]
    assert [entry.title for entry in menu_of(None, "/elsewhere") if entry.here] == []
    assert home_of("operator") == "/operator"
    assert home_of("unheard of") == "/"
