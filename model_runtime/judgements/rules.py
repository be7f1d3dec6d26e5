"""Rules of judgements."""

from foundation.errors import Invalid
from model_runtime.judgements.values import Practice, View

LONGEST = 4000

NEWEST = 200
"""How many of the newest judgements are looked at: the alarm is about practice now, and it can fall silent again."""
ENOUGH = 50
"""Judgements before anything is said about agreement or haste."""
NEARLY_ALL = 98
"""Of 100 judgements, from how many agreements on they look like a rubber stamp."""
HASTY = 30
"""Seconds: a median below it leaves no time to read what a score says."""


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
