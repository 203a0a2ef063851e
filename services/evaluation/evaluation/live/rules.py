"""Which scopes a change concerns. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from evaluation.scopes.rules import Kind, Scope, scopes_above


@dataclass(frozen=True, slots=True)
class Changes:
    """How often a centre changed so far, and the office it belongs to as far as that is known."""

    count: int
    office_code: str | None


def revision(state: Mapping[str, Changes]) -> int:
    """One number for a state of all centres: it grows with every change."""
    return sum(changes.count for changes in state.values())


def changed_scopes(before: Mapping[str, Changes], after: Mapping[str, Changes]) -> list[str]:
    """The scopes whose figures differ between two states, widest first, each once.

    A centre that was counted for before it was heard of leaves the unassigned ones when it joins its office: both
    have changed.
    """
    scopes: dict[Scope, None] = {}
    for centre_code, changes in after.items():
        known = before.get(centre_code)
        if changes == known:
            continue
        scopes.update(dict.fromkeys(scopes_above(centre_code, changes.office_code)))
        if known is not None and known.office_code != changes.office_code:
            scopes.update(dict.fromkeys(scopes_above(centre_code, known.office_code)))
    widest_first = list(Kind)
    return [str(scope) for scope in sorted(scopes, key=lambda scope: (widest_first.index(scope.kind), str(scope)))]
