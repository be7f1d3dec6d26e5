"""The pictures of a watch as plain dictionaries for a template; the message of each is its finding.

A chart is {id, message, note, unit, points, limit, limit_text}; a point is {label, value, low, high, text, bad}.
`unit` is people, score, share (0 to 1) or movement. `value` is None where there is nothing to draw (`text` says
why), `low` and `high` are the 95% interval or None, `limit` is None where there is no line to draw.
"""

from collections.abc import Sequence
from typing import Any

from monitoring.engine.values import BatchCode, ColumnVerdict, WatchResult, Window
from monitoring.engine.wording import counted, number, people, percent
from registry.evaluations.values import SMALLEST_GROUP, Gap, Measures

Chart = dict[str, Any]
Point = dict[str, Any]
SHOWN = 12  # bars a person can still read; the table beside a chart has them all
NEW_BLANKS = 0.05


def charts(result: WatchResult, earlier: Sequence[WatchResult] = ()) -> list[Chart]:
    """Volume, score, errors by group, missing data and movement by input; `earlier` results oldest first."""
    return [
        volume(result, earlier),
        scores(result, earlier),
        errors(result),
        missing(result),
        inputs(result),
    ]


def volume(result: WatchResult, earlier: Sequence[WatchResult] = ()) -> Chart:
    """People scored, watch by watch; a batch that failed its check is bad."""
    watches = [*earlier, result]
    points = [
        _point(_label(each.current), each.current.people, people(each.current.people), bad=not each.batch.ok)
        for each in watches
    ]
    note = "People scored in each watch. Marked: the batch failed its check."
    return _chart("volume", _volume_message(result, earlier), note, "people", points)


def scores(result: WatchResult, earlier: Sequence[WatchResult] = ()) -> Chart:
    """The average score, from the reference through every watch that could be judged."""
    judged = [each for each in (*earlier, result) if each.score]
    first = [_mean("Reference", each.score.typical_reference) for each in judged[-1:] if each.score]
    after = [
        _mean(_label(each.current), each.score.typical_current, each.score.drifted) for each in judged if each.score
    ]
    note = "Average score. Marked: the scores are spread differently from the reference. Failed watches left out."
    return _chart("score", _score_message(result.score), note, "score", first + after)


def errors(result: WatchResult) -> Chart:
    """Of those who had the outcome, the share that was not flagged, by group and with 95% intervals."""
    measured = [Measures.from_dict(each) for each in (result.figures or {}).get("by_group", ())]
    groups = _single(measured)
    several = len({each.group for each in groups}) > 1
    widest = _widest_gap(result)
    points = [_missed(each, several, widest) for each in groups if each.miss_rate.assessed]
    note = (
        "Missed, of those who had the outcome, with 95% intervals. "
        f"Groups with fewer than {SMALLEST_GROUP} of them are not assessed."
    )
    if len(groups) < len(measured):
        note += " Groups by two characteristics at once are in the table of groups."
    return _chart("errors", _errors_message(points, widest), note, "share", points)


def _single(groups: Sequence[Measures]) -> list[Measures]:
    """The groups of one characteristic: those of two at once would crowd a picture, and stand in the table."""
    names = {each.group for each in groups}
    crossed = {f"{one} and {other}" for one in names for other in names}
    return [each for each in groups if each.group not in crossed]


def missing(result: WatchResult) -> Chart:
    """The share of blanks in each input now, the largest rise first."""
    ordered = sorted(result.columns, key=lambda each: (-each.missing_rise, -each.missing_current))
    points = [
        _point(each.meaning, each.missing_current, _blank_text(each), bad=each.missing_rise >= NEW_BLANKS)
        for each in ordered[:SHOWN]
    ]
    note = "Share of people with a blank, by input. Marked: blanks have risen by 5 in 100 people or more."
    return _chart("missing", _missing_message(ordered), note, "share", points)


def inputs(result: WatchResult) -> Chart:
    """The movement of each input against its limit, worst first."""
    ordered = sorted(result.columns, key=_movement, reverse=True)
    points = [_point(each.meaning, each.value, _movement_text(each), bad=each.drifted) for each in ordered[:SHOWN]]
    limit = ordered[0].threshold if ordered else None
    note = "Movement from the reference (population stability index: 0 is no change). Line: the limit."
    return _chart("inputs", _inputs_message(ordered), note, "movement", points, limit)


def _chart(name: str, message: str, note: str, unit: str, points: Sequence[Point], limit: float | None = None) -> Chart:
    text = f"Limit {number(limit)}" if limit is not None else None
    return {
        "id": name,
        "message": message,
        "note": note,
        "unit": unit,
        "points": list(points),
        "limit": limit,
        "limit_text": text,
    }


def _point(
    label: str,
    value: float | None,
    text: str,
    *,
    low: float | None = None,
    high: float | None = None,
    bad: bool = False,
) -> Point:
    return {"label": label, "value": value, "low": low, "high": high, "text": text, "bad": bad}


def _label(window: Window) -> str:
    """October 2026 for a window inside one month, else its own description."""
    start, end = window.start, window.end
    if start and end and (start.year, start.month) == (end.year, end.month):
        return f"{end:%B %Y}"
    return window.description


def _volume_message(result: WatchResult, earlier: Sequence[WatchResult]) -> str:
    if result.batch.code == BatchCode.MISSING:
        return "No batch arrived"
    if not result.batch.ok:
        return f"The batch of {people(result.current.people)} failed its check"
    before = [each.current.people for each in earlier if each.batch.ok]
    scored = f"{people(result.current.people)} {'was' if result.current.people == 1 else 'were'} scored"
    if not before:
        return scored
    usual = f"{min(before):,} to {max(before):,}" if min(before) != max(before) else f"{before[0]:,}"
    return f"{scored}; {usual} in earlier watches"


def _mean(label: str, value: float | None, bad: bool = False) -> Point:
    return _point(label, value, "not known" if value is None else number(value), bad=bad)


def _score_message(score: ColumnVerdict | None) -> str:
    if score is None or score.typical_reference is None or score.typical_current is None:
        return "The average score is not known"
    before, after = number(score.typical_reference), number(score.typical_current)
    if not score.drifted:
        return f"Scores look as they did in the reference (average {after}; {before} in the reference)"
    if before == after:
        return f"Scores are spread differently around the same average of {after}"
    way = "risen" if score.typical_current > score.typical_reference else "fallen"
    return f"The average score has {way} from {before} to {after}"


def _widest_gap(result: WatchResult) -> Gap | None:
    found = [Gap.from_dict(each) for each in (result.figures or {}).get("gaps", ())]
    return max((each for each in found if each.measure == "miss_rate"), key=lambda each: each.largest, default=None)


def _missed(group: Measures, several: bool, widest: Gap | None) -> Point:
    rate = group.miss_rate
    worst = bool(widest and widest.clear and (widest.group, widest.between[0]) == (group.group, group.value))
    return _point(
        f"{group.group}: {group.value}" if several else group.value,
        rate.rate,
        f"{percent(rate.rate or 0)} ({rate.count:,} of {rate.of:,})",
        low=rate.low,
        high=rate.high,
        bad=worst,
    )


def _errors_message(points: Sequence[Point], widest: Gap | None) -> str:
    if not points:
        return "Errors by group could not be assessed yet"
    if widest is None:
        return "Only one group has enough people to be assessed"
    more, less = widest.between
    if widest.clear:
        return f"{widest.group}: {more} is missed more often than {less}"
    return "No clear difference between groups in who is missed"


def _blank_text(column: ColumnVerdict) -> str:
    return f"{percent(column.missing_current)}, {percent(column.missing_reference)} in the reference"


def _missing_message(ordered: Sequence[ColumnVerdict]) -> str:
    if not ordered:
        return "Missing data could not be assessed"
    worst = ordered[0]
    if worst.missing_rise < NEW_BLANKS:
        return "Nothing new is missing from the data"
    return f"{worst.meaning}: now blank for {percent(worst.missing_current)} of people"


def _movement(column: ColumnVerdict) -> float:
    """Blank on one side only sorts first, blank on both last."""
    if column.value is None:
        return float("inf") if column.drifted else -1.0
    return column.value


def _movement_text(column: ColumnVerdict) -> str:
    if column.value is None:
        return "blank on one side" if column.drifted else "blank, not compared"
    return f"{number(column.value)}, can be chance" if column.chance else number(column.value)


def _inputs_message(ordered: Sequence[ColumnVerdict]) -> str:
    if not ordered:
        return "Inputs could not be compared"
    moved = [each for each in ordered if each.drifted]
    if not moved:
        return "No input has moved beyond its limit"
    if len(moved) == 1:
        return f"One input has moved: {moved[0].meaning}"
    return f"{counted(len(moved), 'input has', 'inputs have')} moved, most of all {moved[0].meaning}"
