"""How the lag went down, drawn as SVG."""

from collections.abc import Sequence
from html import escape

_WIDTH, _HEIGHT = 880, 440
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 24, 64, 56
_TEXT = 'font-family="sans-serif" font-size="13" fill="#222"'


def draw(title: str, samples: Sequence[tuple[float, float]], caught_up: float, marks: dict[str, float]) -> str:
    """`samples` are seconds and waiting events; `marks` are further moments to point at, by what happened then."""
    longest, most = max(at for at, _ in samples), max(lag for _, lag in samples) or 1

    def x(seconds: float) -> float:
        return _LEFT + seconds / longest * (_WIDTH - _LEFT - _RIGHT)

    def y(lag: float) -> float:
        return _HEIGHT - _BOTTOM - lag / most * (_HEIGHT - _TOP - _BOTTOM)

    def text(at_x: float, at_y: float, words: str, anchor: str = "middle", more: str = "") -> str:
        return f'<text x="{at_x:.1f}" y="{at_y:.1f}" text-anchor="{anchor}" {_TEXT} {more}>{escape(words)}</text>'

    def line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
        return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {style}/>'

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        text(_LEFT, 28, title, "start", 'font-weight="bold"'),
    ]
    for tick in _ticks(most):
        parts.append(line(_LEFT, y(tick), _WIDTH - _RIGHT, y(tick), 'stroke="#ddd"'))
        parts.append(text(_LEFT - 8, y(tick) + 4, f"{tick:,.0f}", "end"))
    for tick in _ticks(longest):
        parts.append(line(x(tick), y(0), x(tick), y(0) + 5, 'stroke="#222"'))
        parts.append(text(x(tick), y(0) + 20, f"{tick:,.0f}"))
    for row, (what, at) in enumerate({**marks, f"caught up after {caught_up:,.0f} s": caught_up}.items()):
        parts.append(line(x(at), y(0), x(at), _TOP, 'stroke="#b00" stroke-dasharray="5 4"'))
        right_half = x(at) > _WIDTH / 2
        parts.append(
            text(x(at) + (-6 if right_half else 6), _TOP + 14 + 18 * row, what, "end" if right_half else "start")
        )
    path = " ".join(f"{x(at):.1f},{y(lag):.1f}" for at, lag in samples)
    parts.append(f'<polyline points="{path}" fill="none" stroke="#0b50a0" stroke-width="2"/>')
    parts.append(line(_LEFT, y(0), _WIDTH - _RIGHT, y(0), 'stroke="#222"'))
    parts.append(text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 12, "seconds since the service was started again"))
    parts.append(text(_LEFT, _TOP - 14, "lag, events", "start"))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _ticks(largest: float) -> list[float]:
    """Round numbers from nought up to `largest`, four to ten of them."""
    step = next(
        digit * 10**power for power in range(-2, 12) for digit in (1, 2, 5) if largest / (digit * 10**power) <= 8
    )
    return [number * step for number in range(int(largest / step) + 1)]
