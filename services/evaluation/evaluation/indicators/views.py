"""How indicators and their values stand in answers."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from evaluation.indicators.definitions import Direction, Unit, in_force
from evaluation.indicators.rules import value_of
from evaluation.measure import Measure


class TextView(BaseModel):
    """The same words in both languages."""

    model_config = ConfigDict(from_attributes=True)

    ko: str
    en: str


class FigureView(BaseModel):
    """The value of one indicator."""

    indicator: str
    version: int = Field(description="Version of the definition by which it was computed")
    value: str | None = Field(description="Decimal; null when there is nothing to divide by")
    unit: Unit
    numerator: int
    denominator: int | None = Field(description="Null for a count")
    text: TextView = Field(description="The indicator's name")
    reason: TextView | None = Field(description="Why there is no value")


def view_figures(amounts: Mapping[Measure, int]) -> list[FigureView]:
    """All indicators in force over these amounts, in the order in which they are shown."""
    shown = []
    for indicator in in_force():
        result = value_of(indicator, amounts)
        shown.append(
            FigureView(
                indicator=indicator.code,
                version=indicator.version,
                value=None if result.value is None else str(result.value),
                unit=indicator.unit,
                numerator=result.numerator,
                denominator=result.denominator,
                text=TextView.model_validate(indicator.name),
                reason=None if result.reason is None else TextView.model_validate(result.reason),
            )
        )
    return shown


class SourceView(BaseModel):
    """Where a definition comes from."""

    model_config = ConfigDict(from_attributes=True)

    title: str
    publisher: TextView
    url: str
    says: TextView


class IndicatorView(BaseModel):
    """One version of an indicator's definition."""

    model_config = ConfigDict(from_attributes=True)

    indicator: str = Field(validation_alias="code")
    version: int
    name: TextView
    meaning: TextView
    unit: Unit
    direction: Direction
    formula: TextView
    numerator: Measure
    denominator: Measure | None
    scale: int = Field(description="What the quotient is multiplied by")
    decimals: int = Field(description="Decimals shown, rounded half up")
    source: SourceView
