"""Claimed figures: whether one confusion table can have them all, as printed, and what they say together (R04, R35).

"Possible" means no more than not shown to be impossible. A figure printed as 0.85 may be anything from 0.845 to 0.855.
Figures averaged over classes ("macro", "weighted") are not those of one table; do not check them here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from math import ceil, floor, sqrt
from typing import Any

from registry.evaluations.shares import Span, find_extent, is_possible
from registry.evaluations.values import EvaluationRefused

RATES = ("accuracy", "precision", "recall", "specificity", "mcc", "prevalence", "fpr", "fnr", "npv", "f1")
CELLS = ("tp", "fp", "fn", "tn")
COUNTS = (*CELLS, "n")
SHARES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "accuracy": (("tp", "tn"), CELLS),
    "prevalence": (("tp", "fn"), CELLS),
    "precision": (("tp",), ("tp", "fp")),
    "recall": (("tp",), ("tp", "fn")),
    "fnr": (("fn",), ("tp", "fn")),
    "specificity": (("tn",), ("fp", "tn")),
    "fpr": (("fp",), ("fp", "tn")),
    "npv": (("tn",), ("fn", "tn")),
}
"""Which counts a rate is made of: these people, of those."""

TOO_GOOD = 0.98
"""Precision and recall both above this need a signed review for leakage."""
GUARD = 1e-9


@dataclass(frozen=True)
class Claim:
    """A figure as somebody printed it, and the values it may stand for (a count stands for itself)."""

    name: str
    printed: str
    span: Span

    def __str__(self) -> str:
        return f"{title_of(self.name)} {self.printed}"


@dataclass(frozen=True)
class Conflict:
    """Figures that cannot be true together, and no fewer of them; `allowed` is what the others leave for each."""

    names: tuple[str, ...]
    sentence: str
    allowed: dict[str, Span] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What the claims of one row come to. `implied` holds shares of everyone, and `mcc`, all as spans."""

    claims: tuple[Claim, ...]
    conflicts: tuple[Conflict, ...]
    implied: dict[str, Span]
    highest_mcc: float | None
    leakage: bool
    notes: tuple[str, ...]

    @property
    def possible(self) -> bool:
        return not self.conflicts

    def to_dict(self) -> dict[str, Any]:
        """For JSON; spans are pairs of low and high."""
        return {
            "possible": self.possible,
            "claims": {claim.name: {"printed": claim.printed, "span": list(claim.span)} for claim in self.claims},
            "conflicts": [
                {"figures": list(one.names), "sentence": one.sentence, "allowed": _pairs(one.allowed)}
                for one in self.conflicts
            ],
            "implied": _pairs(self.implied),
            "highest_mcc": self.highest_mcc,
            "leakage_review": self.leakage,
            "notes": list(self.notes),
        }


def _pairs(spans: Mapping[str, Span]) -> dict[str, list[float]]:
    return {name: list(span) for name, span in spans.items()}


def title_of(name: str) -> str:
    """A figure's name in a sentence."""
    return name.upper() if name in ("mcc", "fpr", "fnr", "npv", "f1", *CELLS) else name


def is_too_good(precision: float | None, recall: float | None) -> bool:
    """Whether figures are so good that the outcome may have leaked into what the model was given (R35)."""
    return precision is not None and recall is not None and min(precision, recall) > TOO_GOOD


def read_claim(name: str, text: str) -> Claim:
    """A figure (one of RATES or COUNTS) from its printed text: 0.85, .85, 85% or, for counts, 1,234.

    Refuses what is not a number, counts that are not whole, and rates outside 0 to 1 (MCC: -1 to 1).
    """
    printed = text.strip()
    number = printed.replace(",", "") if name in COUNTS else printed.removesuffix("%").strip()
    try:
        value = Decimal(number)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise EvaluationRefused("claim_not_number", f"'{printed}' is not a number.")
    return _read_count(name, printed, value) if name in COUNTS else _read_rate(name, printed, value)


def _read_count(name: str, printed: str, value: Decimal) -> Claim:
    if value < 0 or value != value.to_integral_value():
        raise EvaluationRefused("claim_not_count", f"'{printed}' must be a whole number of people.")
    return Claim(name, printed, Span(float(value), float(value)))


def _read_rate(name: str, printed: str, value: Decimal) -> Claim:
    unit = Decimal(1).scaleb(int(value.as_tuple().exponent))
    if printed.endswith("%"):
        value, unit = value / 100, unit / 100
    lowest = -1 if name == "mcc" else 0
    if not lowest <= value <= 1:
        hint = f" If it is a percentage, write {printed}%." if 1 < value <= 100 and name != "mcc" else ""
        raise EvaluationRefused("claim_out_of_range", f"'{printed}' must lie between {lowest} and 1.{hint}")
    return Claim(name, printed, Span(float(value - unit / 2), float(value + unit / 2)))


def check_claims(claims: Sequence[Claim], *, implying: bool = True) -> Verdict:
    """Test claims, each about another figure, against each other. Pure arithmetic; no true table is ever refused.

    Not `implying` leaves out what possible claims imply, which takes the longer part of the time.
    """
    by_name = {claim.name: claim for claim in claims}
    spans = {claim.name: claim.span for claim in claims}
    counts = _complete({name: int(spans[name].low) for name in COUNTS if name in spans})
    conflicts = _against_counts(by_name, counts)
    if not conflicts or conflicts[0].names[0] in RATES:
        wrong = {name for one in conflicts for name in one.names}
        left = {name: span for name, span in _as_shares(spans, counts).items() if name not in wrong}
        conflicts += _against_each_other(by_name, left)
        possible = {} if conflicts else left
    else:
        possible = {}
    precision, recall = (_printed_share(spans, counts, name) for name in ("precision", "recall"))
    return Verdict(
        tuple(claims),
        tuple(conflicts),
        _find_implied(possible) if implying else {},
        _highest_mcc(spans),
        is_too_good(precision, recall),
        tuple(_find_notes(by_name, spans)),
    )


def _complete(counts: dict[str, int]) -> dict[str, int]:
    """The counts, with the one that follows from the others."""
    missing = [name for name in COUNTS if name not in counts]
    if missing == ["n"]:
        return {**counts, "n": sum(counts.values())}
    if len(missing) == 1:
        rest = counts["n"] - sum(counts[name] for name in CELLS if name in counts)
        return {**counts, missing[0]: rest}
    return counts


def _against_counts(claims: Mapping[str, Claim], counts: Mapping[str, int]) -> list[Conflict]:
    known = [name for name in CELLS if name in counts]
    total = sum(counts[name] for name in known if name in claims)
    said = tuple(name for name in COUNTS if name in claims)
    if "n" in counts and (total > counts["n"] or (len(known) == 4 and sum(counts[k] for k in known) != counts["n"])):
        together = " + ".join(title_of(name) for name in said if name != "n")
        return [Conflict(said, f"{together} is {total:,} people, and n says {counts['n']:,}.")]
    found = [_against_parts(claims[name], counts) for name in SHARES if name in claims]
    return [one for one in (*found, *_against_table(claims, counts)) if one]


def _against_parts(claim: Claim, counts: Mapping[str, int]) -> Conflict | None:
    part, whole = (_sum_of(names, counts) for names in SHARES[claim.name])
    if not whole:
        return None
    if part is not None:
        return _differs(claim, part / whole, f"The counts give {part:,} of {whole:,}")
    low, high = (claim.span.low - GUARD) * whole, (claim.span.high + GUARD) * whole
    if ceil(low) <= floor(high):
        return None
    near = Span(floor(low) / whole, ceil(high) / whole)
    sentence = (
        f"No number of people out of {whole:,} is {claim}: {floor(low):,} would be {near.low:.4f} "
        f"and {ceil(high):,} would be {near.high:.4f}."
    )
    return Conflict((claim.name,), sentence)


def _sum_of(names: Sequence[str], counts: Mapping[str, int]) -> int | None:
    if all(name in counts for name in names):
        return sum(counts[name] for name in names)
    others = [name for name in CELLS if name not in names]
    if "n" in counts and all(name in counts for name in others):
        return counts["n"] - sum(counts[name] for name in others)
    return None


def _differs(claim: Claim, value: float, why: str) -> Conflict | None:
    if claim.span.low - GUARD <= value <= claim.span.high + GUARD:
        return None
    sentence = f"{why}, which is {title_of(claim.name)} {value:.4f}; {claim.printed} was printed."
    return Conflict((claim.name,), sentence, {claim.name: Span(value, value)})


def _against_table(claims: Mapping[str, Claim], counts: Mapping[str, int]) -> list[Conflict | None]:
    found: list[Conflict | None] = []
    if "f1" in claims and all(name in counts for name in ("tp", "fp", "fn")):
        wrong = counts["fp"] + counts["fn"]
        if counts["tp"] + wrong:
            found.append(_differs(claims["f1"], 2 * counts["tp"] / (2 * counts["tp"] + wrong), "The counts decide it"))
    if "mcc" in claims and all(name in counts for name in CELLS):
        tp, fp, fn, tn = (counts[name] for name in CELLS)
        sides = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
        value = (tp * tn - fp * fn) / sqrt(sides) if sides else 0.0
        found.append(_differs(claims["mcc"], value, "The counts decide it"))
    return found


def _as_shares(spans: Mapping[str, Span], counts: Mapping[str, int]) -> dict[str, Span]:
    """What a search can use: printed rates, and counts as shares of everyone where n is known."""
    shares = {name: span for name, span in spans.items() if name in RATES}
    if counts.get("n"):
        for name in CELLS:
            if name in counts:
                shares[name] = Span(counts[name] / counts["n"], counts[name] / counts["n"])
    if all(name in shares for name in CELLS):  # the counts were compared exactly; they are the table
        return {name: shares[name] for name in CELLS} | _rates_of(counts)
    return shares


def _rates_of(counts: Mapping[str, int]) -> dict[str, Span]:
    """The three shares of a known table, so that a search starts where it ends."""
    found = {}
    for name in ("prevalence", "recall", "fpr"):
        part, whole = (_sum_of(names, counts) or 0 for names in SHARES[name])
        if whole:
            found[name] = Span(part / whole, part / whole)
    return found


def _against_each_other(claims: Mapping[str, Claim], spans: Mapping[str, Span]) -> list[Conflict]:
    if is_possible(spans):
        return []
    names = _fewest(spans)
    allowed = {}
    for name in names:
        extent = find_extent({other: spans[other] for other in names if other != name}, name)
        if extent:
            allowed[name] = extent
    told = [claims[name] for name in names if name in claims]
    sentence = f"These cannot be true together: {_listed([str(claim) for claim in told])}."
    return [Conflict(tuple(names), " ".join([sentence, *_by_how_much(told, allowed)]), allowed)]


def _fewest(spans: Mapping[str, Span]) -> list[str]:
    """Leave out every claim without which the rest is impossible still."""
    kept = dict(spans)
    for name in list(kept):
        rest = {other: span for other, span in kept.items() if other != name}
        if not is_possible(rest):
            kept = rest
    return list(kept)


def _by_how_much(claims: Sequence[Claim], allowed: Mapping[str, Span]) -> list[str]:
    told = []
    for claim in claims:
        span = allowed.get(claim.name)
        if span and claim.name in RATES:
            off = max(span.low - claim.span.high, claim.span.low - span.high)
            way = "low" if claim.span.high < span.low else "high"
            told.append(
                f"With the others, {title_of(claim.name)} lies between {span.low:.3f} and {span.high:.3f}: "
                f"{claim.printed} is too {way}, by {max(off, 0):.3f} or more."
            )
    return told


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _find_implied(spans: Mapping[str, Span]) -> dict[str, Span]:
    """What two or more possible claims say about a table of everyone."""
    if len(spans) < 2:
        return {}
    found = {name: find_extent(spans, name) for name in ("prevalence", *CELLS, "mcc")}
    return {name: _within(span, name) for name, span in found.items() if span}


def _within(span: Span, name: str) -> Span:
    lowest = -1.0 if name == "mcc" else 0.0
    return Span(max(lowest, span.low), min(1.0, span.high))


def _highest_mcc(spans: Mapping[str, Span]) -> float | None:
    """MCC is at most the square root of precision times recall, for every table."""
    if "precision" not in spans or "recall" not in spans:
        return None
    return sqrt(min(1.0, spans["precision"].high) * min(1.0, spans["recall"].high))


def _printed_share(spans: Mapping[str, Span], counts: Mapping[str, int], name: str) -> float | None:
    if name in spans:
        return spans[name].middle
    if name == "recall" and "fnr" in spans:
        return 1 - spans["fnr"].middle
    part, whole = (_sum_of(names, counts) for names in SHARES[name])
    return part / whole if part is not None and whole else None


def _find_notes(claims: Mapping[str, Claim], spans: Mapping[str, Span]) -> list[str]:
    notes = []
    if all(name in spans for name in ("accuracy", "precision", "recall")):
        accuracy, precision, recall = (spans[name].middle for name in ("accuracy", "precision", "recall"))
        wrong = 1 - 2 * recall + recall / precision if precision else 0
        if wrong > 0:
            share = (1 - accuracy) / wrong
            beyond = "" if share <= 1 else ", and there are no more than 100"
            notes.append(f"As printed, {share * 100:.1f} of 100 people would have had the outcome{beyond}.")
    if "accuracy" in claims and not {"precision", "recall", "fnr", *CELLS} & set(claims):
        notes.append("Accuracy alone says little: ask for precision and recall, or the counts (R27).")
    if "accuracy" in spans and "prevalence" in spans and spans["accuracy"].high < 1 - spans["prevalence"].high:
        notes.append("Flagging nobody would be right more often than this accuracy.")
    return notes
