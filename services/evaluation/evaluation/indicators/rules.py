"""From counts to published values: exact decimal arithmetic, rounding said once, and no division by zero."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from evaluation.indicators.definitions import Indicator, Text
from evaluation.measure import Measure

# Fifty digits: a quotient of two 64-bit counts that is not a tie differs from one by more than 1e-40,
# so rounding it once here and once to the shown decimals gives the same as rounding the exact fraction.
_EXACT = Context(prec=50, rounding=ROUND_HALF_UP)

_NOTHING_TO_DIVIDE_BY = {
    Measure.JOBSEEKERS: Text(
        "이 기간에 새로 등록한 구직자가 없습니다.", "Nobody registered as a jobseeker in this period."
    ),
    Measure.OPENINGS: Text("이 기간에 새로 등록된 구인이 없습니다.", "No vacancy was registered in this period."),
    Measure.PLACEMENTS: Text("이 기간에 취업자가 없습니다.", "Nobody was placed in this period."),
}


@dataclass(frozen=True, slots=True)
class Value:
    """An indicator's value. `value` is None exactly when there is nothing to divide by, and `reason` says so."""

    indicator: Indicator
    value: Decimal | None
    numerator: int
    denominator: int | None
    reason: Text | None


def value_of(indicator: Indicator, amounts: Mapping[Measure, int]) -> Value:
    """The indicator over amounts that were added up first.

    A region's or the nation's rate is the rate of the sums, never the mean of its centres' rates: a centre with ten
    jobseekers must not weigh as much as one with ten thousand. Missing measures are zero. Rounding is half up
    (0.125 → 0.13), as the published tables round.
    """
    numerator = amounts.get(indicator.numerator, 0)
    if indicator.denominator is None:
        return Value(indicator, Decimal(numerator), numerator, None, None)
    denominator = amounts.get(indicator.denominator, 0)
    if denominator == 0:
        return Value(indicator, None, numerator, denominator, _NOTHING_TO_DIVIDE_BY[indicator.denominator])
    quotient = _EXACT.divide(Decimal(numerator * indicator.scale), Decimal(denominator))
    shown = quotient.quantize(Decimal(1).scaleb(-indicator.decimals), context=_EXACT)
    return Value(indicator, shown, numerator, denominator, None)
