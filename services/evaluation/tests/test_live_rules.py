import pytest

from evaluation.live.rules import Changes, changed_scopes, revision

SEEN = {"12012": Changes(4, "12010"), "12003": Changes(2, "12010"), "13000": Changes(1, None)}


@pytest.mark.parametrize(
    ("now", "scopes"),
    [
        ({}, []),
        ({"12012": Changes(5, "12010")}, ["nation", "office:12010", "centre:12012"]),
        (
            {"12012": Changes(5, "12010"), "12003": Changes(3, "12010")},
            ["nation", "office:12010", "centre:12003", "centre:12012"],
        ),
        ({"15006": Changes(1, "15000")}, ["nation", "office:15000", "centre:15006"]),
        ({"13000": Changes(2, None)}, ["nation", "unassigned"]),
        # Heard of at last: what was unassigned is the office's now.
        ({"13000": Changes(2, "13000")}, ["nation", "office:13000", "centre:13000", "unassigned"]),
        # A database restored to an earlier day: lower counters are a change as well.
        ({"12012": Changes(3, "12010")}, ["nation", "office:12010", "centre:12012"]),
    ],
)
def test_a_change_names_every_scope_that_shows_it(now: dict[str, Changes], scopes: list[str]) -> None:
    assert changed_scopes(SEEN, SEEN | now) == scopes


def test_the_revision_grows_with_every_change_of_any_centre() -> None:
    assert revision(SEEN) == 7
    assert revision(SEEN | {"15006": Changes(1, "15000")}) == 8
