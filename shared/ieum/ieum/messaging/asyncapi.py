"""The AsyncAPI document of a service: what it sends and what it hears, from the same classes that do it."""

from collections.abc import Iterable
from typing import Any

from ieum.messaging.events import Event
from ieum.messaging.reactions import Reaction
from ieum.messaging.topics import Topics

_HEADERS = {
    "type": "object",
    "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "ce_subject", "ce_aggregateversion"],
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid", "description": "The same in every redelivery"},
        "ce_type": {"type": "string"},
        "ce_source": {"type": "string", "format": "uri-reference"},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_subject": {"type": "string", "description": "The aggregate's id; also the record's key"},
        "ce_aggregateversion": {"type": "string", "pattern": "^[1-9][0-9]*$", "description": "Gapless per aggregate"},
        "traceparent": {"type": "string", "description": "W3C trace context"},
    },
}


def document(
    service: str, version: str, sent: Iterable[type[Event]], reactions: Iterable[Reaction], topics: Topics
) -> dict[str, Any]:
    """An AsyncAPI 3.0 document. `sent` are the events of the service's own topics."""
    channels: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    operations: dict[str, Any] = {}

    def message_of(event: type[Event]) -> str:
        name = event.type_name()
        channel = channels.setdefault(
            event.topic,
            {"address": event.topic, "description": topics[event.topic].description or event.topic, "messages": {}},
        )
        if name not in messages:
            body = event.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
            schemas.update(body.pop("$defs", {}))
            schemas[name] = body
            messages[name] = {
                "name": name,
                "summary": (event.__doc__ or name).strip().splitlines()[0],
                "contentType": "application/json",
                "headers": {"$ref": "#/components/schemas/CloudEventHeaders"},
                "payload": {"$ref": f"#/components/schemas/{name}"},
            }
        channel["messages"][name] = {"$ref": f"#/components/messages/{name}"}
        return name

    def operation(name: str, action: str, topic: str, events: Iterable[type[Event]], **more: Any) -> None:
        operations[name] = {
            "action": action,
            "channel": {"$ref": f"#/channels/{topic.replace('/', '~1')}"},
            "messages": [{"$ref": f"#/channels/{topic}/messages/{message_of(event)}"} for event in events],
            **more,
        }

    by_topic: dict[str, list[type[Event]]] = {}
    for event in sent:
        by_topic.setdefault(event.topic, []).append(event)
    for topic, events in sorted(by_topic.items()):
        operation(f"send.{topic}", "send", topic, events)
    for reaction in reactions:
        for topic in reaction.topics:
            heard = [event for (name, _), event in sorted(reaction.types.items()) if name == topic]
            operation(
                f"{reaction.consumer}.{topic}",
                "receive",
                topic,
                heard,
                summary=(reaction.handler.__doc__ or reaction.consumer).strip().splitlines()[0],
                bindings={"kafka": {"groupId": {"type": "string", "enum": [reaction.consumer]}}},
            )
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"Ieum {service}", "version": version},
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": {"CloudEventHeaders": _HEADERS, **schemas}},
    }


def sent_by(service: str, topics: Topics) -> list[type[Event]]:
    """The event classes loaded in this process that go to the service's own topics, by topic and name."""
    found: set[type[Event]] = set()
    todo = list(Event.__subclasses__())
    while todo:
        event = todo.pop()
        todo += event.__subclasses__()
        if event.topic in topics and topics[event.topic].owner == service and not event.__name__.startswith("_"):
            found.add(event)
    return sorted(found, key=lambda event: (event.topic, event.type_name()))
