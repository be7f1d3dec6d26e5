"""Taking out of figures what could point at a few people; pure, and it always says that it did."""

from collections.abc import Mapping, Sequence
from typing import Any

from registry.evaluations.values import SMALLEST_GROUP

COUNTS = ("people", "tp", "fp", "fn", "tn")


def without_small_groups(figures: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Figures without the counts of groups and bands of fewer than 10 people, and whether any were taken out.

    Where one group of a characteristic is small, the next smallest loses its counts too: otherwise the small one
    is everybody less the others.
    """
    groups = list(figures["by_group"])
    hidden = _hidden(groups)
    bands = [_band(band) for band in figures["bands"]]
    kept = [_without_counts(row) if n in hidden else row for n, row in enumerate(groups)]
    withheld = bool(hidden) or bands != list(figures["bands"])
    return {**figures, "by_group": kept, "bands": bands}, withheld


def without_small_counts(counts: Mapping[str, int], wholes: Mapping[str, str]) -> tuple[dict[str, int | None], bool]:
    """Counts of people without those from 1 to 9, and whether any were taken out; none at all may be said.

    `wholes` says which count is part of which other: a part that leaves out 1 to 9 of its whole is taken out too.
    """
    small = {name for name, count in counts.items() if 0 < count < SMALLEST_GROUP}
    small |= {part for part, whole in wholes.items() if 0 < counts[whole] - counts[part] < SMALLEST_GROUP}
    return {name: None if name in small else count for name, count in counts.items()}, bool(small)


def without_values(result: Any, values: Sequence[str]) -> Any:
    """A watch's result in which values of people that the model had never seen are not spelled out."""
    if isinstance(result, str):
        for value in sorted(values, key=len, reverse=True):
            result = result.replace(f"'{value}'", "a new value")
        return result
    if isinstance(result, Mapping):
        return {name: [] if name == "unseen" else without_values(one, values) for name, one in result.items()}
    return [without_values(one, values) for one in result] if isinstance(result, list) else result


def unseen_values(result: Mapping[str, Any]) -> list[str]:
    """The values that a watch found and its reference had not."""
    columns = [*result.get("columns", []), *([result["score"]] if result.get("score") else [])]
    return [value for column in columns for value in column.get("unseen", [])]


def _hidden(groups: Sequence[Mapping[str, Any]]) -> set[int]:
    hidden: set[int] = set()
    for name in {row["group"] for row in groups}:
        rows = sorted((row["people"], n) for n, row in enumerate(groups) if row["group"] == name)
        small = [n for people, n in rows if people < SMALLEST_GROUP]
        if len(small) == 1:
            small = [n for _, n in rows[:2]]
        hidden.update(small)
    return hidden


def _without_counts(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, **dict.fromkeys(COUNTS)}


def _band(band: Mapping[str, Any]) -> Mapping[str, Any]:
    if band["outcome"]["of"] >= SMALLEST_GROUP or band["outcome"]["of"] == 0:
        return band
    return {**band, "outcome": {"count": None, "of": None}}
