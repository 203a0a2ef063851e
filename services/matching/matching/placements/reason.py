"""How a reason is written: a word from an event's list, or a sentence of one's own."""

from typing import Annotated

from pydantic import Field

from ieum.http import Filled

Reason = Annotated[Filled, Field(max_length=500)]
