"""A plan in words, and two plans side by side (R12)."""

from dataclasses import dataclass

from foundation.web.texts import count_text
from registry.watch_plans.measures import ACTIONS, MEASURES
from registry.watch_plans.values import CADENCES, Limit, WatchPlan

NO_LIMIT = "No limit"
GRAVE = tuple(ACTIONS)
"""What a breach leads to, weakest first."""


@dataclass(frozen=True)
class PlanLine:
    """One line of two plans side by side; `way` says of a limit whether it becomes stricter or looser."""

    what: str
    before: str
    after: str
    way: str = ""

    @property
    def changed(self) -> bool:
        """Whether the two differ in it."""
        return self.before != self.after


def plan_lines(plan: WatchPlan) -> list[PlanLine]:
    """A plan in words, line by line; both sides say the same, and measures without a limit are left out."""
    return compare_plans(plan, plan)


def compare_plans(before: WatchPlan, after: WatchPlan) -> list[PlanLine]:
    """Two plans side by side: how often, whom, how many, and each measure that has a limit in one of them."""
    one, other = _settings(before), _settings(after)
    return [*(PlanLine(what, one[what], other[what]) for what in one), *_limits(before, after)]


def _settings(plan: WatchPlan) -> dict[str, str]:
    window, capacity = plan.window, plan.capacity_per_week
    return {
        "How often it is watched": CADENCES[plan.cadence],
        "Whom a watch looks at": window[:1].upper() + window[1:],
        "People a watch needs at least": f"{plan.minimum_rows:,}",
        "Known outcomes it needs to judge performance": f"{plan.minimum_outcomes:,}",
        "When the newest scores count as stale": f"After {count_text(plan.stale_after_days, 'day')}",
        "People a week that staff can act on": f"{capacity:,}" if capacity else "Nobody said",
    }


def _limits(before: WatchPlan, after: WatchPlan) -> list[PlanLine]:
    one = {limit.measure: limit for limit in before.thresholds}
    other = {limit.measure: limit for limit in after.thresholds}
    return [
        PlanLine(measured.title, _said(one.get(code)), _said(other.get(code)), _way(one.get(code), other.get(code)))
        for code, measured in MEASURES.items()
        if code in one or code in other
    ]


def _said(limit: Limit | None) -> str:
    return f"{MEASURES[limit.measure].breached(limit.at)}. {ACTIONS[limit.action]}." if limit else NO_LIMIT


def _way(before: Limit | None, after: Limit | None) -> str:
    if before is None or after is None:
        return "" if before is after else "Looser" if after is None else "Stricter"
    rises = (after.at > before.at) - (after.at < before.at)
    ways = {rises if MEASURES[after.measure].floor else -rises, _graver(before, after)} - {0}
    return {frozenset({1}): "Stricter", frozenset({-1}): "Looser", frozenset({1, -1}): "Both"}.get(frozenset(ways), "")


def _graver(before: Limit, after: Limit) -> int:
    one, other = GRAVE.index(before.action), GRAVE.index(after.action)
    return (other > one) - (other < one)
