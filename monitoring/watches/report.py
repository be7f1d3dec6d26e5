"""The tables of a report: every measure with its limits and what was found, every input, and every group (R12, R15)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitoring.engine.limits import in_force
from monitoring.engine.values import ColumnVerdict, Measure, Reading, Threshold, WatchResult
from monitoring.engine.wording import number, percent
from monitoring.watches.earlier import readings_of
from monitoring.watches.values import ACTIONS, thresholds_of
from registry.evaluations.values import SMALLEST_GROUP, Figures, Measures, Proportion
from registry.watch_plans.measures import MEASURES, Measured
from registry.watch_plans.values import WatchPlan

METHODS: Mapping[str, str] = {"psi": "PSI"}
STATES: Mapping[str, str] = {"Breached": "bad", "Kept": "good", "Not assessed": "plain", "No limit": "plain"}
"""What became of a limit, the gravest first, and the tone of each."""


@dataclass(frozen=True)
class LimitLine:
    """A limit in words: what is limited and to what, who set it and what breaching it leads to, and what was found.

    `state` is kept, breached or not assessed; `tone` colours it.
    """

    measure: str
    limit: str
    leads_to: str
    declared: bool
    found: str
    state: str
    tone: str


@dataclass(frozen=True)
class MeasureLine:
    """One measure of a watch: its reading with interval and cases, the sentence that says it, and its limits.

    `reading` and `interval` are None where there is none; `state` is that of the gravest limit, or that there is none.
    """

    name: str
    reading: str | None
    interval: str | None
    of: int
    sentence: str
    limits: tuple[LimitLine, ...]
    state: str
    tone: str


@dataclass(frozen=True)
class InputLine:
    """An input in words and figures; the sentence names it."""

    sentence: str
    method: str
    value: str | None
    threshold: str
    blanks: str
    drifted: bool


@dataclass(frozen=True)
class GroupLine:
    """A group with its counts and 95% intervals, as text; None where too few people allow no rate (R15)."""

    group: str
    people: str
    flagged: str | None
    right: str | None
    missed: str | None
    wrongly: str | None


def limit_lines(result: WatchResult, plan: WatchPlan, outcome_name: str) -> list[LimitLine]:
    """Every limit in force, the committee's first, then those of the house that only warn."""
    found = readings_of(result, outcome_name)
    declared = thresholds_of(plan)
    return [_limit_line(limit, limit in declared, found, result) for limit in in_force(declared)]


def measure_lines(result: WatchResult, plan: WatchPlan, outcome_name: str) -> list[MeasureLine]:
    """Every measure that a watch knows, in the order of the plan's words, with a limit or without one (R12)."""
    found = readings_of(result, outcome_name)
    limits = list(zip(in_force(thresholds_of(plan)), limit_lines(result, plan, outcome_name), strict=True))
    return [
        _measure_line(measure, found.get(measure), tuple(line for limit, line in limits if limit.measure == measure))
        for measure in Measure
    ]


def input_lines(result: WatchResult) -> list[InputLine]:
    """Every input in the declared order and, last, the score."""
    columns: Sequence[ColumnVerdict] = (*result.columns, *([result.score] if result.score else []))
    return [_input_line(each) for each in columns]


def group_lines(result: WatchResult) -> list[GroupLine]:
    """Everybody first, then every group whose outcomes are known; empty where performance was not assessed."""
    return figure_lines(Figures.from_dict(result.figures)) if result.figures else []


def figure_lines(figures: Figures) -> list[GroupLine]:
    """Everybody first, then every group, as a table of counts and rates."""
    return [_group_line(each) for each in (figures.overall, *figures.by_group)]


def _limit_line(limit: Threshold, declared: bool, found: Mapping[Measure, Reading], result: WatchResult) -> LimitLine:
    reading = found.get(limit.measure)
    state = _state(limit, reading, result)
    words = limit.measure.words
    return LimitLine(
        measure=words[:1].upper() + words[1:],
        limit=MEASURES[limit.measure].limit(limit.at),
        leads_to=ACTIONS[limit.action],
        declared=declared,
        found=_said(reading),
        state=state,
        tone=STATES[state],
    )


def _said(reading: Reading | None) -> str:
    if reading is None or reading.value is None:
        return ""
    if reading.measure == Measure.MISSING_SHARE and not reading.value:
        return "No input has more blanks than in the reference."
    return reading.sentence


def _state(limit: Threshold, reading: Reading | None, result: WatchResult) -> str:
    """What the watch itself decided: its verdict is never worked out a second time."""
    if any((one.measure, one.limit, one.action) == (limit.measure, limit.at, limit.action) for one in result.breaches):
        return "Breached"
    return "Not assessed" if reading is None or reading.value is None else "Kept"


def _measure_line(measure: Measure, reading: Reading | None, limits: tuple[LimitLine, ...]) -> MeasureLine:
    measured, value = MEASURES[measure], reading.value if reading else None
    states = [line.state for line in limits] or ["No limit" if value is not None else "Not assessed"]
    state = min(states, key=list(STATES).index)
    return MeasureLine(
        name=measured.name,
        reading=None if value is None else measured.write(round(value, 3)),
        interval=_interval(measured, reading),
        of=reading.of if reading else 0,
        sentence=_sentence(reading),
        limits=limits,
        state=state,
        tone=STATES[state],
    )


def _sentence(reading: Reading | None) -> str:
    if reading is None:
        return "This watch did not measure it."
    return _said(reading) or reading.sentence


def _interval(measured: Measured, reading: Reading | None) -> str | None:
    if reading is None or reading.low is None or reading.high is None:
        return None
    low, high = measured.write(round(reading.low, 3)), measured.write(round(reading.high, 3))
    return f"{low.split(' ')[0]} to {high}"


def _input_line(column: ColumnVerdict) -> InputLine:
    return InputLine(
        sentence=column.sentence,
        method=METHODS.get(column.method, column.method.capitalize()),
        value=None if column.value is None else number(column.value),
        threshold=number(column.threshold),
        blanks=f"{percent(column.missing_current)} ({percent(column.missing_reference)})",
        drifted=column.drifted,
    )


def _group_line(measures: Measures) -> GroupLine:
    return GroupLine(
        group=f"{measures.group}: {measures.value}" if measures.group else "Everybody",
        people=f"{measures.people:,}" if measures.assessed else f"fewer than {SMALLEST_GROUP}",
        flagged=_rate(measures.flagged),
        right=_rate(measures.precision),
        missed=_rate(measures.miss_rate),
        wrongly=_rate(measures.false_positive_rate),
    )


def _rate(rate: Proportion) -> str | None:
    return f"{rate.count:,} of {rate.of:,}: {rate.frequency} of 100" if rate.assessed else None
