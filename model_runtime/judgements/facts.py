"""Whether advice stays advice: labels, judgements, agreement and time taken, as facts beside Advisory (R02, R07)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from foundation.web.texts import count_text
from model_runtime.judgements.practice import list_judged
from model_runtime.judgements.queries import read_practice
from model_runtime.judgements.rules import find_alarms, find_team_alarms
from model_runtime.judgements.values import ENOUGH, Practice
from registry.letters.values import LiveFact
from registry.models.tables import Use


def list_facts(session: Session, use: Use, now: datetime) -> Sequence[LiveFact]:
    """How the scores of a use are labelled, looked at and judged."""
    practice = read_practice(session, use.id)
    teams = find_team_alarms(list_judged(session, use)) if practice.judged >= ENOUGH else []
    return [tell_label(practice), tell_answered(practice), tell_agreement(practice, teams)]


def tell_label(practice: Practice) -> LiveFact:
    """Every score carries its label by construction: none is built, stored or read without it. Not counted afresh."""
    if not practice.given:
        return _fact("Advisory label", "No score was given to anybody yet.", "none")
    every = "The one score" if practice.given == 1 else f"Each of the {practice.given:,} scores"
    text = f"{every} given carries its advisory label: without it a score can be neither built nor stored nor shown."
    return _fact("Advisory label", text, "good")


def tell_answered(practice: Practice) -> LiveFact:
    """Amber while more than one in ten of the scores somebody looked at has no judgement."""
    if not practice.viewed:
        return _fact("Judgements recorded", "Nobody has looked at a score yet.", "none")
    looked = count_text(practice.viewed, "score that was looked at", "scores that were looked at")
    text = f"Of {looked}, {practice.answered:,} {'has' if practice.answered == 1 else 'have'} a judgement."
    missing = practice.viewed - practice.answered
    if missing * 10 <= practice.viewed:
        return _fact("Judgements recorded", text, "good")
    return _fact("Judgements recorded", text, "amber", count_text(missing, "score without a judgement", MISSING))


MISSING = "scores without a judgement"


def tell_agreement(practice: Practice, teams: Sequence[str] = ()) -> LiveFact:
    """Red when the newest judgements, or one team's, look like a rubber stamp: near-total agreement, no time to read.

    `teams` says so of teams.
    """
    if not practice.judged:
        return _fact("Agreement and time taken", "No judgement was recorded yet.", "none")
    alarms = [*find_alarms(practice), *teams]
    if alarms:
        return _fact(
            "Agreement and time taken", " ".join([*alarms, STAMP]), "red", "Judgements look like a rubber stamp"
        )
    told = f"Practitioners agreed with {practice.agreed:,} of the last {practice.judged:,} scores they judged."
    took = "" if practice.seconds is None else f" Half of them took {_time(practice.seconds)} or less from first look."
    few = "" if practice.judged >= ENOUGH else f" Below {ENOUGH} judgements no alarm is raised."
    return _fact("Agreement and time taken", told + took + few, "good")


STAMP = "That looks like a rubber stamp: ask whether anybody still decides."


def _time(seconds: float) -> str:
    if seconds < 120:
        return count_text(round(seconds), "second")
    minutes = round(seconds / 60)
    return count_text(minutes, "minute") if minutes < 120 else count_text(round(minutes / 60), "hour")


def _fact(name: str, text: str, state: str, brief: str = "") -> LiveFact:
    return LiveFact("advisory", name, text, state, brief=brief)
