"""The tables of a report: every limit with what was found, and every input with how it compares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitoring.engine.limits import Finding, Findings, in_force, is_breached
from monitoring.engine.values import ColumnVerdict, Measure, Threshold, WatchResult
from monitoring.engine.wording import number, percent
from monitoring.watches.values import ACTIONS, WatchPlan
from registry.evaluations.values import Figures
from registry.watch_plans.measures import MEASURES

METHODS: Mapping[str, str] = {"psi": "PSI"}


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
class InputLine:
    """An input in words and figures; the sentence names it."""

    sentence: str
    method: str
    value: str | None
    threshold: str
    blanks: str
    drifted: bool


def limit_lines(result: WatchResult, plan: WatchPlan, outcome_name: str) -> list[LimitLine]:
    """Every limit in force, the committee's first, then those of the house that only warn."""
    found = _findings(result, outcome_name)
    return [_limit_line(limit, limit in plan.thresholds, found) for limit in in_force(plan.thresholds)]


def input_lines(result: WatchResult) -> list[InputLine]:
    """Every input in the declared order and, last, the score."""
    columns: Sequence[ColumnVerdict] = (*result.columns, *([result.score] if result.score else []))
    return [_input_line(each) for each in columns]


def _findings(result: WatchResult, outcome_name: str) -> Findings | None:
    if result.score is None:
        return None
    figures = Figures.from_dict(result.figures) if result.figures else None
    return Findings(result.columns, result.score, figures, outcome_name)


def _limit_line(limit: Threshold, declared: bool, found: Findings | None) -> LimitLine:
    finding = found.of(limit.measure) if found else None
    state, tone = _state(limit, finding)
    words = limit.measure.words
    return LimitLine(
        measure=words[:1].upper() + words[1:],
        limit=MEASURES[limit.measure].limit(limit.at),
        leads_to=ACTIONS[limit.action],
        declared=declared,
        found=_said(limit.measure, finding),
        state=state,
        tone=tone,
    )


def _said(measure: Measure, finding: Finding | None) -> str:
    if finding and measure == Measure.MISSING_SHARE and not finding.value:
        return "No input has more blanks than in the reference."
    return finding.sentence if finding else ""


def _state(limit: Threshold, finding: Finding | None) -> tuple[str, str]:
    if finding is None:
        return "Not assessed", "plain"
    return ("Breached", "bad") if is_breached(limit, finding.value) else ("Kept", "good")


def _input_line(column: ColumnVerdict) -> InputLine:
    return InputLine(
        sentence=column.sentence,
        method=METHODS.get(column.method, column.method.capitalize()),
        value=None if column.value is None else number(column.value),
        threshold=number(column.threshold),
        blanks=f"{percent(column.missing_current)} ({percent(column.missing_reference)})",
        drifted=column.drifted,
    )
