import pytest

from evaluation.scopes.rules import NATION, UNASSIGNED, Kind, MalformedScope, Scope, parse, scopes_above


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("nation", NATION),
        ("unassigned", UNASSIGNED),
        ("office:12010", Scope(Kind.OFFICE, "12010")),
        ("centre:15006", Scope(Kind.CENTRE, "15006")),
    ],
)
def test_a_scope_is_read_as_it_is_written(text: str, scope: Scope) -> None:
    assert parse(text) == scope
    assert str(scope) == text


@pytest.mark.parametrize(
    "text", ["", "nation:", "nation:1", "office", "office:", "centre:a b", "region:11", "centre:1\n"]
)
def test_anything_else_is_malformed(text: str) -> None:
    with pytest.raises(MalformedScope):
        parse(text)


def test_a_centres_figures_show_in_its_office_and_the_nation() -> None:
    assert [str(scope) for scope in scopes_above("15006", "15000")] == ["nation", "office:15000", "centre:15006"]


def test_a_centre_not_heard_of_yet_is_unassigned() -> None:
    assert [str(scope) for scope in scopes_above("15006", None)] == ["nation", "unassigned"]
