"""Full transitive compatibility of JSON Schemas: old events are read by new code and new events by old code, for ever.

Readers ignore what they do not know, so an optional field may come or go. Everything else changes what some version of
a reader relies on, and needs a new event in a new topic (`.v2`).
"""

from typing import Any

Schema = dict[str, Any]
_TELLS_NOTHING = frozenset({"title", "description", "examples", "default", "$comment", "$id", "$schema", "x-topic"})


def meaning(schema: Any, definitions: Schema) -> Any:
    """A schema without words and with its references resolved, so that equal meaning compares equal."""
    if isinstance(schema, list):
        return [meaning(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        target = schema["$ref"].rsplit("/", 1)[-1]
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return meaning({**definitions[target], **rest}, definitions)
    plain: Schema = {}
    for key, value in schema.items():
        if key in _TELLS_NOTHING or key == "$defs":
            continue
        if key == "properties":
            plain[key] = {name: meaning(part, definitions) for name, part in value.items()}
        elif key in {"required", "enum", "type"} and isinstance(value, list):
            plain[key] = sorted(value, key=str)
        elif key == "anyOf":
            plain[key] = sorted((meaning(part, definitions) for part in value), key=str)
        elif key == "const":
            plain["enum"] = [value]
        else:
            plain[key] = meaning(value, definitions)
    return plain


def breaks(old: Schema, new: Schema) -> list[str]:
    """Why `new` is not fully compatible with `old`, in words; empty when it is."""
    return _breaks(meaning(old, old.get("$defs", {})), meaning(new, new.get("$defs", {})), "")


def _breaks(old: Any, new: Any, path: str) -> list[str]:
    if not (isinstance(old, dict) and isinstance(new, dict) and "properties" in old and "properties" in new):
        return [] if old == new else [f"{path or 'the event'} means something else"]
    was, now = old["properties"], new["properties"]
    must, must_now = set(old.get("required", ())), set(new.get("required", ()))
    prefix = f"{path}." if path else ""
    found = [
        f"{prefix}{name} was always there and no longer is: old readers rely on it" for name in sorted(must - must_now)
    ]
    found += [f"{prefix}{name} is now required: old events do not have it" for name in sorted(must_now - must)]
    for name in sorted(was.keys() & now.keys()):
        found += _property_breaks(was[name], now[name], f"{prefix}{name}")
    rest = {key: value for key, value in old.items() if key not in {"properties", "required"}}
    rest_now = {key: value for key, value in new.items() if key not in {"properties", "required"}}
    if rest != rest_now:
        found.append(f"{path or 'the event'} has other rules as a whole")
    return found


def _property_breaks(old: Any, new: Any, path: str) -> list[str]:
    """A list of objects is compared object by object, anything else as a whole."""
    if isinstance(old, dict) and isinstance(new, dict) and "items" in old and "items" in new:
        rest = {key: value for key, value in old.items() if key != "items"}
        if rest == {key: value for key, value in new.items() if key != "items"}:
            return _breaks(old["items"], new["items"], f"{path}[]")
    return _breaks(old, new, path)
