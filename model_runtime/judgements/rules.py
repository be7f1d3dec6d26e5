"""Rules of judgements."""

from collections.abc import Collection, Sequence

from foundation.errors import Conflict, Invalid
from model_runtime.judgements.values import ENOUGH, HASTY, NEARLY_ALL, NEWEST, Judged, Practice, View, gather

LONGEST = 4000
SEEN = "You have seen this score already, so this would not be your first view."


def check_judgement(view: str, reason: str, action: str) -> None:
    """One of the three views, with a reason; the problems are named at their fields."""
    problems: dict[str, str] = {}
    if view not in list(View):
        problems["view"] = "Say whether you agree, disagree or did not use it"
    if not reason.strip():
        problems["reason"] = "Say why"
    for name, text in (("reason", reason), ("action", action)):
        if len(text) > LONGEST:
            problems[name] = f"Write at most {LONGEST:,} characters"
        elif "\x00" in text:
            problems[name] = "This holds a character that cannot be stored"
    if problems:
        raise Invalid("The judgement was not recorded.", problems=problems)


def check_first_view(band: str, reason: str, bands: Collection[str], *, seen: bool) -> None:
    """One of the version's bands, with a reason, from somebody who has not seen the score (R39)."""
    if seen:
        raise Conflict(SEEN, code="score_seen")
    problems: dict[str, str] = {}
    if band not in bands:
        problems["band"] = "Say where you would place the person"
    if not reason.strip():
        problems["reason"] = "Say why"
    elif len(reason) > LONGEST:
        problems["reason"] = f"Write at most {LONGEST:,} characters"
    elif "\x00" in reason:
        problems["reason"] = "This holds a character that cannot be stored"
    if problems:
        raise Invalid("Your view was not recorded.", problems=problems)


def find_team_alarms(rows: Sequence[Judged]) -> list[str]:
    """The same for each team by itself, so that one team's habit is not hidden among the others' (R07).

    `rows` are judgements, the newest first; a team's newest 200 count.
    """
    alarms = []
    for team in sorted({row.team for row in rows if row.team}):
        share = gather("Team", team, [row for row in rows if row.team == team][:NEWEST])
        if share.judged < ENOUGH:
            continue
        if share.agreed * 100 >= NEARLY_ALL * share.judged:
            alarms.append(f"{team} agreed with {share.agreed} of the last {share.judged} scores it judged.")
        if share.seconds is not None and share.seconds < HASTY:
            alarms.append(f"Half of {team}'s last judgements came within {share.seconds:.0f} seconds.")
    return alarms


def find_alarms(practice: Practice) -> list[str]:
    """Why the newest judgements look like a rubber stamp, as sentences: near-total agreement, hasty review (R07)."""
    if practice.judged < ENOUGH:
        return []
    alarms = []
    if practice.agreed * 100 >= NEARLY_ALL * practice.judged:
        alarms.append(f"Practitioners agreed with {practice.agreed} of the last {practice.judged} scores they judged.")
    if practice.seconds is not None and practice.seconds < HASTY:
        alarms.append(f"Half of the last judgements came within {practice.seconds:.0f} seconds of the first look.")
    return alarms
