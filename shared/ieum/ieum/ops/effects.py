"""Which effects and agreements the oracle looks at, as data: queries that each service declares of its own tables."""

from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class EffectQuery:
    """A query that shows a service's effects: it answers one id a row. `by` is event or aggregate.

    `in_order`: it answers them in the order in which the effects were made.
    """

    name: str
    service: str
    consumer: str
    types: frozenset[str]
    by: str
    query: str
    in_order: bool = False


@dataclass(frozen=True, slots=True)
class AgreementQuery:
    """Two queries that answer the same rows (id, value) where all is well: the owner's facts and what is shown of them.

    With a topic the ids are its aggregates and `shown` is asked of the service of `consumer`; without, of the owner.
    """

    name: str
    owner: str
    facts: str
    shown: str
    topic: str | None = None
    service: str | None = None
    consumer: str | None = None


def read_effect_queries(file: Path) -> list[EffectQuery]:
    """`effects: [{name, service, consumer, types, by, query}]`."""
    entries = yaml.safe_load(file.read_text())["effects"]
    return [EffectQuery(**{**entry, "types": frozenset(entry["types"])}) for entry in entries]


def read_agreement_queries(file: Path) -> list[AgreementQuery]:
    """`agreements: [{name, owner, facts, shown, topic, service, consumer}]`, in the same file as the effects."""
    return [AgreementQuery(**entry) for entry in yaml.safe_load(file.read_text()).get("agreements", ())]
