"""Which two-by-two tables leave claimed figures true: a search over all tables, as shares of everyone.

A table has three free shares: `base` (had the outcome, of everyone), `found` (flagged, of those who had it) and
`alarmed` (flagged, of those who had not). Over a box of such shares every figure lies between two values that are
known exactly, because each rises or falls steadily with each share. A box that cannot hold a claim is thrown away, the
rest is halved. So a set of claims is called impossible only when every table has been ruled out (R04).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod, sqrt
from typing import NamedTuple

MOST_BOXES, MOST_FOR_AN_END = 5000, 600
"""After so many the search ends, and what is left over counts as possible."""
SMALLEST_BOX = 1e-7
CLOSE_ENOUGH = 0.001
GUARD = 1e-9  # for the last digits of floating point numbers


class Span(NamedTuple):
    """All numbers from `low` to `high`, both included."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    @property
    def width(self) -> float:
        return self.high - self.low

    def meets(self, other: Span) -> bool:
        return self.low <= other.high + GUARD and other.low <= self.high + GUARD


class Box(NamedTuple):
    """All tables whose three shares lie in these spans."""

    base: Span
    found: Span
    alarmed: Span

    def halves(self) -> tuple[Box, Box]:
        """The box cut in two across its longest side."""
        place = max(range(3), key=lambda side: self[side].width)
        side = self[place]
        cut = ((side.low, side.middle), (side.middle, side.high))
        first, second = (Box(*(Span(*half) if at == place else self[at] for at in range(3))) for half in cut)
        return first, second


EVERYTHING = Box(Span(0, 1), Span(0, 1), Span(0, 1))
Share = Callable[[float, float, float], float]


class Figure(NamedTuple):
    """A figure of a table, and whether it rises (+1) or falls (-1) with each share. 0: its ends are at the ends."""

    value: Share
    base: int
    found: int
    alarmed: int


def _of(part: float, rest: float) -> float:
    return part / (part + rest) if part + rest > 0 else 0.0


FIGURES: dict[str, Figure] = {
    "prevalence": Figure(lambda b, t, f: b, 1, 1, 1),
    "recall": Figure(lambda b, t, f: t, 1, 1, 1),
    "fnr": Figure(lambda b, t, f: 1 - t, 1, -1, 1),
    "fpr": Figure(lambda b, t, f: f, 1, 1, 1),
    "specificity": Figure(lambda b, t, f: 1 - f, 1, 1, -1),
    "accuracy": Figure(lambda b, t, f: b * t + (1 - b) * (1 - f), 0, 1, -1),
    "flagged": Figure(lambda b, t, f: b * t + (1 - b) * f, 0, 1, 1),
    "precision": Figure(lambda b, t, f: _of(b * t, (1 - b) * f), 1, 1, -1),
    "npv": Figure(lambda b, t, f: _of((1 - b) * (1 - f), b * (1 - t)), -1, 1, -1),
    "f1": Figure(lambda b, t, f: _of(2 * b * t, (1 - b) * f + b * (1 - t)), 1, 1, -1),
    "tp": Figure(lambda b, t, f: b * t, 1, 1, 1),
    "fp": Figure(lambda b, t, f: (1 - b) * f, -1, 1, 1),
    "fn": Figure(lambda b, t, f: b * (1 - t), 1, -1, 1),
    "tn": Figure(lambda b, t, f: (1 - b) * (1 - f), -1, 1, -1),
}
"""Every figure but MCC, as a share. A share of nobody is 0, as scikit-learn has it."""


def span_of(name: str, box: Box) -> Span:
    """From the lowest to the highest value that a figure (a key of FIGURES, or "mcc") has in a box."""
    if name == "mcc":
        return _span_of_mcc(box)
    figure = FIGURES[name]
    ends = []
    for way in (-1, 1):
        found, alarmed = _end(box.found, figure.found * way), _end(box.alarmed, figure.alarmed * way)
        bases = box.base if figure.base == 0 else (_end(box.base, figure.base * way),)
        values = [figure.value(base, found, alarmed) for base in bases]
        ends.append(min(values) if way < 0 else max(values))
    return Span(*ends)


def _end(span: Span, way: int) -> float:
    return span.high if way > 0 else span.low


def mcc_of(base: float, found: float, alarmed: float) -> float:
    """Matthews' correlation of a table given as shares; on the edge where it is undefined, its limit."""
    if found < alarmed:
        return -mcc_of(base, 1 - found, 1 - alarmed)
    distance = found - alarmed
    first, second = distance * base, distance * (1 - base)
    return sqrt(_limit(first, alarmed) * _limit(second, 1 - found))


def _limit(part: float, rest: float) -> float:
    return part / (part + rest) if part + rest > 0 else 1.0


def _span_of_mcc(box: Box) -> Span:
    """MCC rises with `found` and falls with `alarmed`; in `base` its size has one peak, of which the place is known."""
    low = min(_mccs(box.base, box.found.low, box.alarmed.high))
    high = max(_mccs(box.base, box.found.high, box.alarmed.low))
    if box.base.low <= 0 or box.base.high >= 1:  # one class only: undefined, and 0 by convention
        return Span(min(low, 0.0), max(high, 0.0))
    return Span(low, high)


def _mccs(base: Span, found: float, alarmed: float) -> list[float]:
    spread, other = sqrt(alarmed * (1 - alarmed)), sqrt(found * (1 - found))
    peak = spread / (spread + other) if spread + other > 0 else 0.5
    return [mcc_of(each, found, alarmed) for each in (base.low, base.high, min(max(peak, base.low), base.high))]


def is_possible(claims: Mapping[str, Span], most: int = MOST_BOXES) -> bool:
    """Whether some table has every claimed figure in its span. False only when every table is ruled out."""
    start = _start(claims)
    waiting, seen = [start] if start else [], 0
    while waiting:
        box = waiting.pop()
        seen += 1
        if not _may_hold(claims, box):
            continue
        if seen > most or _is_point(box) or _holds(claims, box):
            return True
        waiting.extend(box.halves())
    return False


def find_extent(claims: Mapping[str, Span], name: str) -> Span | None:
    """The values a figure can have while the claims are true, at most a little too wide; None when they cannot be."""
    whole = _common(claims.get(name, Span(-1, 1)), Span(-1 if name == "mcc" else 0, 1))
    if not is_possible({**claims, name: whole}):
        return None
    return Span(_find_end(claims, name, whole.high, whole.low), _find_end(claims, name, whole.low, whole.high))


def _find_end(claims: Mapping[str, Span], name: str, inner: float, end: float) -> float:
    """From `end` towards `inner`, as far as everything beyond has been ruled out."""
    outer = end
    while abs(end - inner) > CLOSE_ENOUGH:
        cut = (end + inner) / 2
        beyond = Span(min(cut, outer), max(cut, outer))
        if is_possible({**claims, name: beyond}, MOST_FOR_AN_END):
            inner = cut
        else:
            end = cut
    return end


def _start(claims: Mapping[str, Span]) -> Box | None:
    """The smallest box that follows at once from prevalence, recall and the rates of those without the outcome."""
    nothing = Span(0, 1)
    base = claims.get("prevalence", nothing)
    found = _common(claims.get("recall", nothing), _turned(claims.get("fnr", nothing)))
    alarmed = _common(claims.get("fpr", nothing), _turned(claims.get("specificity", nothing)))
    sides = [_common(side, nothing) for side in (base, found, alarmed)]
    if any(side.low > side.high + GUARD for side in sides):
        return None
    return Box(*(Span(min(side), max(side)) for side in sides))


def _turned(span: Span) -> Span:
    return Span(1 - span.high, 1 - span.low)


def _common(one: Span, other: Span) -> Span:
    return Span(max(one.low, other.low), min(one.high, other.high))


def _may_hold(claims: Mapping[str, Span], box: Box) -> bool:
    if not all(span_of(name, box).meets(claim) for name, claim in claims.items()):
        return False
    if "mcc" not in claims and "f1" not in claims:
        return True
    shares = [_narrowed(claims, box, name, other) for name, other in RIGHT_SHARES]
    mcc, f1 = (Span(rule([each.low for each in shares]), rule([each.high for each in shares])) for rule in (_mcc, _f1))
    return mcc.meets(claims.get("mcc", mcc)) and f1.meets(claims.get("f1", f1))


RIGHT_SHARES = (("precision", ""), ("recall", "fnr"), ("specificity", "fpr"), ("npv", ""))


def _narrowed(claims: Mapping[str, Span], box: Box, name: str, other: str) -> Span:
    """What a box and the claims leave of a share. Where hardly anybody is flagged, the box alone leaves everything."""
    span = span_of(name, box)
    for claim in (claims.get(name), _turned(claims[other]) if other in claims else None):
        span = _common(span, claim) if claim else span
    return Span(max(0.0, min(span)), min(1.0, max(span)))


def _mcc(shares: Sequence[float]) -> float:
    """MCC from precision, recall, specificity and NPV; it rises with each of them."""
    return sqrt(prod(shares)) - sqrt(prod(1 - share for share in shares))


def _f1(shares: Sequence[float]) -> float:
    precision, recall, _, _ = shares
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0


def _value(name: str, box: Box) -> float:
    shares = (box.base.middle, box.found.middle, box.alarmed.middle)
    return mcc_of(*shares) if name == "mcc" else FIGURES[name].value(*shares)


def _holds(claims: Mapping[str, Span], box: Box) -> bool:
    """Whether the table in the middle of the box has every claimed figure."""
    return all(claim.low - GUARD <= _value(name, box) <= claim.high + GUARD for name, claim in claims.items())


def _is_point(box: Box) -> bool:
    return all(side.width < SMALLEST_BOX for side in box)
