"""What a service does about events: one typed function per consumer group, registered by decorator."""

import inspect
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from ieum.database import Database, Transaction
from ieum.messaging.events import Event

Handler = Callable[[Transaction, list[Any]], Awaitable[None]]
H = TypeVar("H", bound=Handler)


CatchUp = Callable[[Database], Awaitable[None]]


class NotAReaction(TypeError):
    """A reaction is `async def name(tx: Transaction, events: list[A | B])`, where A and B are events with a topic."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A table that can be made again from a consumer's topics alone.

    Two makings are compared row by row, without identity columns and `uncompared` ones, whose values also depend on
    the clock or on how events came in batches; with `compared_if_set` only rows that have this column. A table that a
    rebuild must not empty, because it also says what was told to others, is not `emptied`, only compared.
    """

    table: str
    uncompared: tuple[str, ...] = ()
    compared_if_set: str | None = None
    emptied: bool = True


@dataclass(frozen=True, slots=True)
class Reaction:
    """One consumer group and its handler. `types` maps (topic, event type) to the consumer's view of it.

    With `derived` tables it can be rebuilt; `catch_up` then does what the handler left out while it heard again.
    """

    consumer: str
    handler: Handler
    types: dict[tuple[str, str], type[Event]]
    max_batch: int
    derived: tuple[Derived, ...] = ()
    catch_up: CatchUp | None = None

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics this group reads, sorted."""
        return tuple(sorted({topic for topic, _ in self.types}))


class Reactions:
    """The reactions of one capability; the composition root collects them."""

    def __init__(self) -> None:
        self._reactions: list[Reaction] = []

    def __iter__(self) -> Iterator[Reaction]:
        return iter(self._reactions)

    def consume(
        self,
        consumer: str,
        *,
        max_batch: int = 2_000,
        derived: Sequence[str | Derived] = (),
        catch_up: CatchUp | None = None,
    ) -> Callable[[H], H]:
        """Register a handler under the consumer group literal `<service>.<purpose>`.

        The handler is called once per batch, in one transaction, with the events not applied before, in order
        per aggregate. Which events and topics follows from its annotation. A batch may be split and tried again,
        so the handler does nothing that a rollback does not undo.

        `derived` names all tables that are made of these events and of nothing else: `rebuild` may empty them and let
        the handler hear everything again. Where it says or does things that must not happen twice, it asks
        `rebuilding.phase` and leaves them out; `catch_up` makes good for that and ends with `rebuilding.finish`.
        """
        tables = tuple(Derived(table) if isinstance(table, str) else table for table in derived)

        def register(handler: H) -> H:
            self._reactions.append(Reaction(consumer, handler, _types(handler), max_batch, tables, catch_up))
            return handler

        return register


def _types(handler: Handler) -> dict[tuple[str, str], type[Event]]:
    """The events a handler takes, from the annotation of its second parameter."""
    if not inspect.iscoroutinefunction(handler):
        raise NotAReaction(f"{handler}: {NotAReaction.__doc__}")
    hints = get_type_hints(handler)
    hints.pop("return", None)
    if len(hints) != 2 or get_origin(listed := list(hints.values())[1]) is not list:
        raise NotAReaction(f"{handler.__qualname__}: {NotAReaction.__doc__}")
    (item,) = get_args(listed)
    classes = get_args(item) if get_origin(item) in (Union, UnionType) else (item,)
    if not all(isinstance(cls, type) and issubclass(cls, Event) and cls.topic for cls in classes):
        raise NotAReaction(f"{handler.__qualname__}: {NotAReaction.__doc__}")
    return {(cls.topic, cls.type_name()): cls for cls in classes}
