"""Ids as others write them: in paths, in tokens, in events; pure."""

from uuid import UUID


def asked_id(text: str) -> UUID | None:
    """An id; None for text that is nobody's id, to be treated like the id of a record that is not there."""
    try:
        return UUID(text)
    except ValueError:
        return None
