"""Which columns of a file speak of scores: a stated heuristic, held against names and values. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
SCORE_WORDS = frozenset(
    {"score", "scores", "risk", "probability", "prob", "likelihood", "propensity", "prediction", "predicted"}
    | {"decile", "percentile", "quintile"}
)
BAND_WORDS = frozenset({"band", "tier", "rag", "risk"})
BANDS = frozenset(
    {"low", "medium", "moderate", "high", "standard", "elevated", "red", "amber", "green", "severe"}
    | {"very low", "very high", "lower", "higher", "highest", "lowest"}
)
NUMBER = re.compile(r"^[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?%?$")
BRITISH_DAY = re.compile(r"^(\d{2})/(\d{2})/(\d{4})")
VERSION = re.compile(r"^(?:v|version\s*)?(\d{1,6})(?:\.0)?$")

ENOUGH = 0.8
"""How many of a column's filled cells have to look like scores for the column to be taken for one."""

HEURISTIC = (
    "A column is taken for scores when a word of its name is score, risk, probability, likelihood, propensity, "
    "prediction, decile, quintile or percentile and four of five filled cells are numbers from 0 to 100, or when a "
    "word of its name is band, tier, RAG or risk and four of five are words such as low, medium "
    "and high. A table of numbers under other names is not recognised."
)
"""The heuristic in words, for the page and the command."""


def spell(name: str) -> str:
    """A column's name with its words in small letters, joined by underscores."""
    return "_".join(word.lower() for word in WORDS.findall(name))


@dataclass(frozen=True)
class Columns:
    """Which column of a file is what, by place: model, version, label, day, record, run, person, band, value.

    `guesses` are columns whose names could be those of scores; their values decide.
    """

    model: int | None = None
    version: int | None = None
    label: tuple[int, ...] = ()
    day: int | None = None
    record: int | None = None
    run: int | None = None
    person: int | None = None
    band: int | None = None
    value: int | None = None
    guesses: tuple[int, ...] = ()
    band_guesses: tuple[int, ...] = ()

    @property
    def ours(self) -> bool:
        """Whether every row names its record here, as files that this service writes do."""
        return self.model is not None and (self.record is not None or self.run is not None)

    @property
    def places(self) -> tuple[int, ...]:
        """The places of every column that says something; the others are not read."""
        return tuple(sorted({place for held in asdict(self).values() for place in _places(held)}))

    def moved(self) -> "Columns":
        """The same columns, counted among those of `places` alone."""
        order = {place: new for new, place in enumerate(self.places)}
        held: dict[str, Any] = {}
        for name, value in asdict(self).items():
            moved = tuple(order[place] for place in _places(value))
            held[name] = moved if isinstance(value, tuple) else next(iter(moved), None)
        return Columns(**held)


def _places(held: int | tuple[int, ...] | None) -> tuple[int, ...]:
    return held if isinstance(held, tuple) else () if held is None else (held,)


NAMED: dict[str, tuple[str, ...]] = {
    "model": ("model_slug", "model", "model_name", "model_id", "risk_model", "algorithm"),
    "version": ("version", "model_version"),
    "day": ("given_at", "given_on", "scored_at", "scored_on", "score_date", "date_scored", "run_date", "run_at"),
    "record": ("record_reference", "score_reference", "advisory_reference"),
    "run": ("run", "run_reference"),
    "band": ("band_code",),
    "value": ("score", "risk_score", "model_score", "value", "probability"),
}
"""Names of columns by what they are, the most telling first, as `spell` writes them."""

LABELS = ("label", "headline", "advisory_label", "advisory")
DAYS = ("date", "at", "on", "day")


def find_columns(names: Sequence[str]) -> Columns:
    """What the columns of a file are, by their names; nothing is taken for sure that its values do not bear out."""
    spelt = [spell(name) for name in names]
    found = {what: _first(spelt, known) for what, known in NAMED.items()}
    ours = found["model"] is not None and "reference" in spelt and {"label", "headline"} <= set(spelt)
    if ours and found["run"] is not None:
        found["person"] = spelt.index("reference")
    elif ours or (found["record"] is None and "reference" in spelt and "person_reference" in spelt):
        found["record"] = spelt.index("reference")
    if found["day"] is None and found["model"] is not None:
        found["day"] = _first(spelt, DAYS)
    sure = {place for what, place in found.items() if place is not None and what not in ("value", "band")}
    guesses = tuple(i for i, name in enumerate(spelt) if i not in sure and SCORE_WORDS & set(name.split("_")))
    bands = tuple(i for i, name in enumerate(spelt) if i not in sure and BAND_WORDS & set(name.split("_")))
    labels = tuple(i for i, name in enumerate(spelt) if name in LABELS)
    return Columns(**found, label=labels, guesses=guesses, band_guesses=bands)


def _first(spelt: Sequence[str], known: Iterable[str]) -> int | None:
    return next((spelt.index(name) for name in known if name in spelt), None)


def looks_like_score(text: str) -> bool:
    """Whether a cell is a number from 0 to 100, perhaps with a percent sign."""
    if not NUMBER.match(text):
        return False
    return 0 <= float(text.rstrip("%").replace(",", ".")) <= 100


def looks_like_band(text: str) -> bool:
    """Whether a cell is a word for how high a risk is."""
    return re.sub(r"[\s_-]+", " ", text.strip().lower()).removesuffix(" risk") in BANDS


def enough(seen: int, alike: int) -> bool:
    """Whether so many of a column's filled cells look alike that the column is taken for one of scores."""
    return seen > 0 and alike >= ENOUGH * seen


def day_of(text: str) -> date | None:
    """The day a cell names: 2026-11-22 with anything after it, or 22/11/2026; None if it names none."""
    british = BRITISH_DAY.match(text)
    spelt = "-".join(reversed(british.groups())) if british else text[:10]
    try:
        return date.fromisoformat(spelt)
    except ValueError:
        return None


def number_of(text: str) -> int | None:
    """The number of a version as systems write it: 2, v2, 2.0 or "version 2"; None for anything else."""
    found = VERSION.match(text.strip().lower())
    return int(found[1]) if found else None


def check_heading(names: Sequence[str]) -> str | None:
    """Why the first row of a file is no heading, or None: without one nobody can tell what its columns are."""
    numbers = sum(bool(NUMBER.match(name.strip())) for name in names)
    return "its first row is no heading" if names and numbers * 2 >= len(names) else None
