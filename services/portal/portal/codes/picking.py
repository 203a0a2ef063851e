"""Looking for an occupation within a form: a search and opened groups are not a sending of the form."""

from dataclasses import dataclass

from portal.codes.tree import Occupation, Occupations
from portal.forms.form import Form


@dataclass(frozen=True)
class Picker:
    """What the occupation picker shows."""

    tree: Occupations
    name: str
    chosen: list[Occupation]
    found: list[Occupation]
    words: str
    opened: frozenset[str]
    several: bool

    def holds_open(self, code: str) -> bool:
        """Whether a field shows its groups: one of them is opened."""
        return any(group.code in self.opened for group in self.tree.below(code))


def is_looking(form: Form) -> bool:
    """Whether the visitor was looking for an occupation and has not sent the form yet: a button of the picker, or
    the enter key in its search field.
    """
    return bool(form.value("look")) or form.value("find").strip() != form.value("found").strip()


def picker_of(form: Form, tree: Occupations, name: str, *, several: bool) -> Picker:
    """The picker as the form left it."""
    opened = set(form.chosen("opened"))
    look = form.value("look")
    if look.startswith("open:"):
        opened ^= {look.removeprefix("open:")}
    words = form.value("find").strip()
    chosen = tree.named(dict.fromkeys(form.chosen(name)))
    known = {entry.code for entry in chosen}
    found = [entry for entry in tree.found(words) if entry.code not in known and (several or len(entry.code) == 6)]
    return Picker(tree, name, chosen, found, words, frozenset(opened), several)
