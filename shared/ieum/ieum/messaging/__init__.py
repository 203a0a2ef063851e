"""Events in and out of a service, exactly once in effect and in order per aggregate.

A service declares events (`Event`), what it does about them (`Reactions`), and speaks through `outbox.add`.
`Messaging` runs the consumers and the relay. Delivery guarantees live here and nowhere else.
"""

from ieum.messaging import header_names, outbox, rebuilding
from ieum.messaging.events import Envelope, Event
from ieum.messaging.failures import Rejected, Unavailable
from ieum.messaging.outbox import EventTooLarge, OutsideTransaction
from ieum.messaging.reactions import Derived, Reaction, Reactions
from ieum.messaging.runtime import Messaging
from ieum.messaging.topics import Topic, Topics, TopicsMismatch

__all__ = [
    "Derived",
    "Envelope",
    "Event",
    "EventTooLarge",
    "Messaging",
    "OutsideTransaction",
    "Reaction",
    "Reactions",
    "Rejected",
    "Topic",
    "Topics",
    "TopicsMismatch",
    "Unavailable",
    "outbox",
    "rebuilding",
]

header_names.accept_any()
