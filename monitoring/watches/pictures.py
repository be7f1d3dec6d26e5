"""The pictures of a report as the chart macros take them: percentages, dates of watches, and nights without one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from textwrap import shorten

from monitoring.engine.charts import Chart, Point, charts
from monitoring.engine.values import WatchResult

LONGEST_LABEL = 36
EARLIER = 11
"""Earlier watches shown beside the one reported."""

UNITS: Mapping[str, str] = {
    "people": "people scored",
    "score": "average score",
    "share": "%",
    "movement": "movement",
}
ROWS: Mapping[str, int] = {"missing": 5, "inputs": 8}
"""The most inputs a picture shows, so that each can carry its name; the report's table has them all."""

HEADINGS: Mapping[str, str] = {"volume": "Watch", "score": "Watch", "errors": "Group"}


def pictures(result: WatchResult, earlier: Sequence[WatchResult], holes: Sequence[date]) -> dict[str, Chart]:
    """Charts by id (volume, score, errors, missing, inputs); `earlier` oldest first, `holes` are missed nights."""
    drawn = charts(_dated(result), [_dated(each) for each in earlier])
    shown = {chart["id"]: _scaled(chart) for chart in drawn}
    nights = [each.current.end for each in (*earlier, result)]
    shown["volume"] = _with_holes(shown["volume"], nights, holes)
    return shown


def _dated(result: WatchResult) -> WatchResult:
    """The result with its window named by the day of the watch: windows overlap, so a month would name many."""
    end = result.current.end
    label = f"{end.day} {end:%b}" if end else "No date"
    return replace(result, current=replace(result.current, start=None, description=label))


def _scaled(chart: Chart) -> Chart:
    points = [_percentage(point) if chart["unit"] == "share" else point for point in chart["points"]]
    named = {"unit": UNITS[chart["unit"]], "label_heading": HEADINGS.get(chart["id"], "Input")}
    return _cut({**chart, "points": [{**point, "label": _short(point["label"])} for point in points], **named})


def _short(label: str) -> str:
    """The label, its middle left out when it is too long to stand beside its figure on a small screen."""
    if len(label) <= LONGEST_LABEL:
        return label
    first = shorten(label, LONGEST_LABEL // 2, placeholder="")
    last = shorten(label[::-1], LONGEST_LABEL // 2, placeholder="")[::-1]
    return f"{first} … {last}"


def _cut(chart: Chart) -> Chart:
    most = ROWS.get(chart["id"], len(chart["points"]))
    if len(chart["points"]) <= most:
        return chart
    note = f"{chart['note']} The first {most} inputs; all of them are in the table below."
    return {**chart, "points": chart["points"][:most], "note": note}


def _percentage(point: Point) -> Point:
    numbers = {name: point[name] for name in ("value", "low", "high")}
    return {**point, **{name: None if one is None else _of_100(one) for name, one in numbers.items()}}


def _of_100(share: float) -> float:
    """A percentage as people read it: whole, and with a decimal only below 1."""
    return round(share * 100) if share >= 0.01 else round(share * 100, 1)


def _with_holes(chart: Chart, nights: Sequence[date | None], holes: Sequence[date]) -> Chart:
    days = [night for night in nights if night]
    inside = [day for day in holes if days and days[0] < day <= days[-1]]
    if not inside:
        return chart
    placed = [*zip(nights, chart["points"], strict=True), *((day, _hole(day)) for day in inside)]
    points = [point for _, point in sorted(placed, key=lambda each: each[0] or date.min)]
    return {**chart, "points": points, "note": f"{chart['note']} A cross: no watch ran that night."}


def _hole(day: date) -> Point:
    label = f"{day.day} {day:%b}"
    return {"label": label, "value": None, "low": None, "high": None, "text": "no watch ran", "bad": False}
