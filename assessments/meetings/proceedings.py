"""What became of each line of an agenda by the end of the meeting: interests, votes, advice, decision, conditions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.committee.tables import AgendaItem, Vote
from assessments.committee.values import INTERESTS_RECORDED, VOTED, Choice, Declared
from assessments.decisions.queries import find_decision
from assessments.decisions.tables import Advice, Condition, Decision
from assessments.decisions.values import OUTCOMES
from assessments.decisions.wording import decision_sentence, tally_sentence
from assessments.meetings.tables import Meeting
from assessments.meetings.values import Line
from foundation.accounts.queries import names_of
from foundation.lifecycle.queries import list_changes


@dataclass(frozen=True)
class Ballot:
    """One vote once it is shown: who, for what, why, and whether something else was carried."""

    name: str
    choice: str
    reason: str
    dissent: bool
    abstained: bool


@dataclass(frozen=True)
class Told:
    """A condition as minutes name it: what, by whom, by when, and what became of it."""

    text: str
    owner: str
    due_on: date
    met_at: datetime | None
    critical: bool


@dataclass(frozen=True)
class Proceeding:
    """One line with all that became of it by the end of the meeting, or by now while it is held.

    `decision` and `advice` are sentences, empty where there is none; `held` says that the decision fell in this
    meeting. While a vote is open there are no ballots and no tally: nobody sees how anybody voted.
    """

    line: Line
    stage: str = ""
    tone: str = "plain"
    cast: int = 0
    ahead: int = 0
    interests: Sequence[tuple[str, str, str]] = ()
    ballots: Sequence[Ballot] = ()
    tally: str = ""
    advice: str = ""
    advice_reasons: str = ""
    decision: str = ""
    reasons: str = ""
    departs: str = ""
    held: bool = False
    conditions: Sequence[Told] = field(default_factory=tuple)


def list_proceedings(session: Session, meeting: Meeting, lines: Sequence[Line]) -> list[Proceeding]:
    """What became of every line, in order; things that happened after the meeting closed are left out."""
    return [proceed(session, meeting, line) for line in lines]


def proceed(session: Session, meeting: Meeting, line: Line) -> Proceeding:
    """What became of one line."""
    if line.condition_id is not None:
        return _condition(session, meeting, line, session.get_one(Condition, line.condition_id))
    if line.item_id is None:
        return Proceeding(line)
    return _item(session, meeting, line, session.get_one(AgendaItem, line.item_id))


def _condition(session: Session, meeting: Meeting, line: Line, condition: Condition) -> Proceeding:
    met = _by_then(meeting, condition.met_at)
    stage, tone = ("Met", "good") if met else ("Open", "attention")
    return Proceeding(line, stage, tone, conditions=[tell_condition(session, condition, until=meeting.closed_at)])


def _item(session: Session, meeting: Meeting, line: Line, item: AgendaItem) -> Proceeding:
    advice, decision = _find_advice(session, meeting, item), _find_decision(session, meeting, item)
    votes = [vote for vote in item.votes if _by_then(meeting, vote.at)]
    shown = _is_shown(session, meeting, item)
    found = advice or decision
    title, tone = _state(decision, advice, shown)
    return Proceeding(
        line=line,
        stage=title,
        tone=tone,
        cast=len(votes),
        ahead=sum(1 for vote in votes if meeting.opened_at is not None and vote.at < meeting.opened_at),
        interests=_interests(session, meeting, item),
        ballots=_ballots(session, votes, found.outcome if found else None) if shown else (),
        tally=tally_sentence(_count(votes)) if shown else "",
        advice=f"The committee advises to {VOTED[advice.outcome]}." if advice else "",
        advice_reasons=advice.reasons if advice and not (decision and decision.reasons == advice.reasons) else "",
        decision=decision_sentence(decision) if decision else "",
        reasons=decision.reasons if decision else "",
        departs=decision.published_reasons if decision and decision.departs else "",
        held=decision is not None and meeting.opened_at is not None and decision.recorded_at >= meeting.opened_at,
        conditions=_conditions(session, meeting, decision),
    )


def _state(decision: Decision | None, advice: Advice | None, shown: bool) -> tuple[str, str]:
    """Where the item stood, in words and as the tone of a tag."""
    if decision is not None:
        return OUTCOMES[decision.outcome].title, OUTCOMES[decision.outcome].tone
    if advice is not None:
        return "Advice given", "info"
    return ("Vote closed", "attention") if shown else ("Vote open", "info")


def _is_shown(session: Session, meeting: Meeting, item: AgendaItem) -> bool:
    """Whether the vote had been closed, so that votes can be seen."""
    if item.stage == "open":
        return False
    changes = list_changes(session, "item", [item.id])
    return any(change.step == "close" and _by_then(meeting, change.at) for change in changes)


def _conditions(session: Session, meeting: Meeting, decision: Decision | None) -> list[Told]:
    listed = decision.conditions if decision else []
    return [tell_condition(session, one, until=meeting.closed_at) for one in listed]


def _by_then(meeting: Meeting, at: datetime | None) -> bool:
    """Whether something happened, and not only after the meeting closed."""
    return at is not None and (meeting.closed_at is None or at <= meeting.closed_at)


def _find_decision(session: Session, meeting: Meeting, item: AgendaItem) -> Decision | None:
    decision = find_decision(session, item.id)
    return decision if decision and _by_then(meeting, decision.recorded_at) else None


def _find_advice(session: Session, meeting: Meeting, item: AgendaItem) -> Advice | None:
    advice = session.scalars(select(Advice).where(Advice.item_id == item.id)).first()
    return advice if advice and _by_then(meeting, advice.recorded_at) else None


def tell_condition(session: Session, condition: Condition, until: datetime | None = None) -> Told:
    """A condition with the name of whoever answers for it; met only if it was by `until`."""
    decision = session.get_one(Decision, condition.decision_id)
    model = decision.item.use.version.model
    number = condition.owner_id or model.owner_id
    owner = names_of(session, [number])[number] if number else "the model's owner"
    met = condition.met_at if condition.met_at and (until is None or condition.met_at <= until) else None
    return Told(condition.text, owner, condition.due_on, met, condition.critical)


def _interests(session: Session, meeting: Meeting, item: AgendaItem) -> list[tuple[str, str, str]]:
    told = [one for one in item.interests if _by_then(meeting, one.at)]
    names = names_of(session, [one.member_id for one in told])
    return [(names[one.member_id], INTERESTS_RECORDED[Declared(one.declared)], one.text) for one in told]


def _ballots(session: Session, votes: Sequence[Vote], carried: str | None) -> list[Ballot]:
    names = names_of(session, [vote.member_id for vote in votes])
    return [
        Ballot(
            names[vote.member_id],
            VOTED[vote.choice],
            vote.reason,
            carried is not None and vote.choice not in (carried, Choice.ABSTAIN),
            vote.choice == Choice.ABSTAIN,
        )
        for vote in votes
    ]


def _count(votes: Sequence[Vote]) -> dict[str, int]:
    cast = [vote.choice for vote in votes]
    return {choice.value: cast.count(choice) for choice in Choice if choice in cast}
