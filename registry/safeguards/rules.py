"""Rules of safeguards: what the committee may ask for, and what makes them less strict than before."""

from collections import Counter

from foundation.errors import Invalid
from registry.safeguards.values import (
    LEAST_DAYS,
    MOST_DAYS,
    SHOWN_MOST,
    SHOWS_TITLES,
    Safeguards,
    plain_team,
)

LONGEST, LONGEST_TEAM, MOST_TEAMS = 4000, 120, 50


def check_safeguards(asked: Safeguards, reason: str) -> None:
    """Refuse days outside 30 to 730, what nobody can be shown, a team named twice, and rules without a reason (R39)."""
    problems: dict[str, str] = {}
    if type(asked.training_days) is not int or not LEAST_DAYS <= asked.training_days <= MOST_DAYS:
        problems["training_days"] = f"Training lasts from {LEAST_DAYS} to {MOST_DAYS} days"
    if asked.shows not in SHOWN_MOST:
        problems["shows"] = "Say what practitioners get"
    problems |= _teams_problems(asked)
    if not reason.strip():
        problems["reason"] = "Say why the committee asks for this"
    elif len(reason) > LONGEST or "\x00" in reason:
        problems["reason"] = f"Write at most {LONGEST:,} characters of plain text"
    if problems:
        raise Invalid(next(iter(problems.values())), problems=problems)


def _teams_problems(asked: Safeguards) -> dict[str, str]:
    counted = Counter(plain_team(team) for team in asked.teams)
    if len(asked.teams) > MOST_TEAMS:
        return {"teams": f"Name at most {MOST_TEAMS} teams"}
    for team, shows in asked.teams.items():
        if not plain_team(team) or len(team) > LONGEST_TEAM or "\x00" in team:
            return {"teams": f"A team's name has 1 to {LONGEST_TEAM} characters"}
        if counted[plain_team(team)] > 1:
            return {"teams": f"{team} is named twice"}
        if shows not in SHOWN_MOST:
            return {"teams": f"Say what {team} gets"}
    return {}


def check_changes(before: Safeguards, asked: Safeguards) -> None:
    """Refuse what stands already: the record says what changed, not who pressed a button."""
    if before == asked:
        raise Invalid("These rules stand already. Nothing was changed.", code="safeguards_unchanged")


def find_loosened(before: Safeguards, after: Safeguards) -> list[str]:
    """What is less strict than before, as sentences; the committee and the ledger are told (R39, R41)."""
    loosened = []
    if before.judge_first and not after.judge_first:
        loosened.append("Practitioners no longer record their own view before they are shown the score.")
    if after.training_days > before.training_days:
        loosened.append(f"Training lasts {after.training_days} days instead of {before.training_days}.")
    if after.what_if and not before.what_if:
        loosened.append("Practitioners may try other values.")
    if _shows_more(before.shows, after.shows):
        loosened.append(f"Practitioners get more: {_words(before.shows)} before, {_words(after.shows)} now.")
    return loosened + _loosened_teams(before, after)


def _loosened_teams(before: Safeguards, after: Safeguards) -> list[str]:
    named = {plain_team(team): team for team in [*before.teams, *after.teams]}
    return [
        f"{team} gets more: {_words(before.for_team(team))} before, {_words(after.for_team(team))} now."
        for team in sorted(named.values())
        if _shows_more(before.for_team(team), after.for_team(team))
    ]


def _shows_more(before: str, after: str) -> bool:
    return [*SHOWN_MOST].index(after) > [*SHOWN_MOST].index(before)  # type: ignore[arg-type]


def _words(shows: str) -> str:
    title = SHOWS_TITLES[shows]  # type: ignore[index]
    return title[:1].lower() + title[1:]
