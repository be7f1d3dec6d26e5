"""How the model did on the people whose outcome is known by now, and whether those outcomes can be believed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import pandas as pd

from monitoring.engine.gaps import few_in_groups
from monitoring.engine.readings import blanks, read_numbers
from monitoring.engine.wording import listed, people, percent
from registry.evaluations.measures import Band, measure
from registry.evaluations.scales import CHANCES, Scale
from registry.evaluations.values import EvaluationRefused, Figures

NEARLY_ALL = 0.95
FAR = 0.2  # in the outcome's rate; the labels of a good month stay well inside
EXPECTED = 10  # with fewer outcomes expected, none at all can be luck
STANDARD_ERRORS = 3


@dataclass(frozen=True)
class Performance:
    """The figures, or why there are none.

    `not_assessed` says what was not worked out and why, `small_groups` which groups were too small for a rate.
    `coverage` is (people whose outcome is known, people scored); `fault` says why the outcomes themselves
    cannot be believed, and then the whole watch fails; `doubt` says what has to be explained first.
    """

    figures: Figures | None
    coverage: tuple[int, int]
    not_assessed: tuple[str, ...]
    small_groups: tuple[str, ...] = ()
    doubt: str | None = None
    fault: str | None = None


def performance(
    frame: pd.DataFrame,
    *,
    outcome: str | None,
    score: str,
    threshold: float,
    bands: Sequence[Band],
    groups: Mapping[str, str],
    minimum: int,
    sha256: str,
    outcome_name: str,
    reference_rate: float | None = None,
    scale: Scale = CHANCES,
    pairs: Sequence[tuple[str, str]] = (),
) -> Performance:
    """Figures over the rows whose outcome and score are there, or a sentence saying why not.

    `groups` maps columns to names; a group column that the frame lacks is left out and reported; `pairs` are columns
    of groups measured together (R15). Fewer than `minimum` known outcomes is too early to say. `reference_rate` is the
    outcome's share in the reference.
    """
    if outcome is None or outcome not in frame.columns:
        return Performance(None, (0, len(frame)), (_no_outcomes(outcome_name),))
    wanted = list(dict.fromkeys([outcome, score, *(each for each in groups if each in frame.columns)]))
    known = frame.loc[~blanks(frame[outcome]) & ~blanks(frame[score]), wanted]
    coverage = (len(known), len(frame))
    if len(known) < minimum:
        return Performance(None, coverage, (_too_early(len(known), minimum, outcome_name),))
    rate = _rate(known[outcome])
    fault = label_fault(rate, len(known), reference_rate, outcome_name)
    if fault:
        return Performance(None, coverage, (f"Performance: {fault}",), fault=fault)
    present = {column: name for column, name in groups.items() if column in frame.columns}
    try:
        figures = measure(
            known,
            outcome=outcome,
            score=score,
            threshold=threshold,
            bands=bands,
            groups=present,
            data_sha256=sha256,
            intersections=pairs,
            scale=scale,
        )
    except EvaluationRefused as refusal:
        return Performance(None, coverage, (f"Performance: {refusal}",))
    absent = [name for column, name in groups.items() if column not in present]
    doubt = label_doubt(rate, len(known), reference_rate, outcome_name)
    few = [said for said in figures.not_assessed if scale.counts_chances or said != scale.why_no_chance]
    return Performance(figures, coverage, _absent(absent), tuple(few_in_groups(figures.by_group, few)), doubt)


def outcome_rate(frame: pd.DataFrame, outcome: str | None) -> float | None:
    """The share of known outcomes that are 1; None without a column or a known outcome."""
    if outcome is None or outcome not in frame.columns:
        return None
    return _rate(frame[outcome][~blanks(frame[outcome])])


def label_fault(rate: float | None, known: int, reference: float | None, name: str) -> str | None:
    """Why outcomes cannot be believed: nearly everyone has it, or nobody, far from the reference rate.

    A label rate that jumps from 0.3 one month to 0.97 the next is a fault in the labels until explained.
    """
    if rate is None or reference is None:
        return None
    nearly_all = rate > NEARLY_ALL and rate - reference > FAR
    none = rate == 0 and reference * known >= EXPECTED
    if not nearly_all and not none:
        return None
    found = f"{percent(rate)} of {people(known)}" if nearly_all else f"None of {people(known)}"
    return (
        f"{found} are recorded as {name}, where the reference has {percent(reference)}: "
        "until that is explained it is a fault in the recorded outcomes."
    )


def label_doubt(rate: float | None, known: int, reference: float | None, name: str) -> str | None:
    """Why outcomes have to be explained before the figures are relied on: their rate moved far, beyond chance."""
    if rate is None or reference is None:
        return None
    chance = STANDARD_ERRORS * sqrt(max(reference * (1 - reference), 1e-4) / known)
    if abs(rate - reference) <= max(FAR, chance):
        return None
    return (
        f"{percent(rate)} of people are recorded as {name}, {percent(reference)} in the reference: "
        "have that explained before relying on the figures."
    )


def _rate(outcomes: pd.Series) -> float | None:
    plain = outcomes.astype("float64") if pd.api.types.is_bool_dtype(outcomes) else outcomes
    numbers = read_numbers(plain).dropna()
    return float((numbers == 1).mean()) if len(numbers) else None


def _no_outcomes(name: str) -> str:
    return f"Performance: it is not known yet who was later recorded as {name}."


def _too_early(known: int, minimum: int, name: str) -> str:
    reason = f"the outcome ({name}) is known for {people(known)}, and {minimum} are needed"
    return f"Performance: too early, {reason}."


def _absent(names: Sequence[str]) -> tuple[str, ...]:
    return (f"Fairness by {listed(names)}: the batch does not record it.",) if names else ()
