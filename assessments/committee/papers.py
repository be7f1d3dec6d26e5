"""Everything a member reads about one item on one page, and what the reader may do with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from assessments.committee.queries import find_answers, get_sitting
from assessments.committee.rules import check_may_close, check_may_declare, check_may_vote
from assessments.committee.tables import AgendaItem
from assessments.committee.values import INTERESTS_RECORDED, VOTED, Choice, Declared, Sitting
from assessments.decisions.queries import find_decision, list_decisions, list_open_conditions
from assessments.decisions.rules import check_may_record, leading_outcomes
from assessments.decisions.tables import Condition, Decision
from assessments.questionnaire import pages
from assessments.questionnaire.figures import FigurePage
from assessments.questionnaire.queries import find_previous
from assessments.questionnaire.rules import answers_by_code
from assessments.questionnaire.tables import Assessment
from assessments.questionnaire.values import Letter
from foundation.accounts.queries import list_holders, names_of
from foundation.accounts.rules import ask
from foundation.accounts.values import Actor, Permission
from foundation.web.texts import count_text
from registry.footing.queries import find_fallen


@dataclass(frozen=True)
class Change:
    """An answer that is not what it was in the round before."""

    code: str
    question: str
    before: str
    now: str


@dataclass(frozen=True)
class CountedVote:
    """A vote as it is shown after closing; `dissent` when it was not for what was decided."""

    name: str
    choice: str
    reason: str
    dissent: bool


@dataclass(frozen=True)
class Reader:
    """What the reader may do: None where it is possible, otherwise the sentence that says why not."""

    declare: str | None
    vote: str | None
    close: str | None
    record: str | None
    declared: str | None
    voted: bool


@dataclass(frozen=True)
class Papers:
    """The papers of one item; `fallen` says why the law does not carry its use today, while that is to be decided."""

    tiles: Sequence[dict[str, Any]]
    fallen: Sequence[str]
    figures: FigurePage | None
    answers: Assessment | None
    parts: Sequence[tuple[Letter, list[pages.Part]]]
    changes: Sequence[Change]
    earlier: Sequence[Decision]
    open_conditions: Sequence[Condition]
    interests: Sequence[tuple[str, str, str]]
    waiting: Sequence[str]
    cast: int
    quorum: int
    votes: Sequence[CountedVote]
    tally: dict[str, int] | None
    leading: Sequence[Choice]
    choices: Sequence[Choice]
    reader: Reader
    decision: Decision | None

    @property
    def quorum_text(self) -> str:
        """How many have voted and how many are needed."""
        cast = count_text(self.cast, "member has", "members have")
        short = self.quorum - self.cast
        rest = f"{count_text(short, 'more vote is', 'more votes are')} needed" if short > 0 else "that is enough"
        return f"{cast} voted; {rest} before the chair can close the vote."


def gather(session: Session, actor: Actor, item: AgendaItem, *, quorum: int, today: date) -> Papers:
    """The papers of an item for one reader. Before the vote is closed they hold nobody's choice."""
    sitting = get_sitting(session, item)
    answers = find_answers(session, item.use_id, item.assessment)
    decision = find_decision(session, item.id)
    counted = item.stage in ("closed", "decided")
    leading = leading_outcomes(sitting.tally) if counted else ()
    return Papers(
        tiles=_tiles(session, item, answers, today),
        fallen=find_fallen(session, item.use, today) if decision is None else [],
        figures=pages.find_figure_page(session, item.use),
        answers=answers,
        parts=pages.list_parts(session, answers) if answers else [],
        changes=_changes(session, answers),
        earlier=[one for one in list_decisions(session, [item.use_id]) if decision is None or one.id < decision.id],
        open_conditions=list_open_conditions(session, [item.use_id]),
        interests=_interests(session, item),
        waiting=_waiting(session, sitting) if item.stage == "open" else [],
        cast=len(sitting.votes),
        quorum=quorum,
        votes=_votes(session, item, decision) if counted else [],
        tally=sitting.tally if counted else None,
        leading=[Choice(code) for code in leading],
        choices=sitting.choices,
        reader=_reader(sitting, actor, quorum),
        decision=decision,
    )


def _tiles(session: Session, item: AgendaItem, answers: Assessment | None, today: date) -> list[dict[str, Any]]:
    return pages.make_tiles(session, answers, today) if answers else []


def _changes(session: Session, answers: Assessment | None) -> list[Change]:
    before = find_previous(session, answers) if answers else None
    if answers is None or before is None:
        return []
    old, new = answers_by_code(before), answers_by_code(answers)
    questions = {question.code: question for question in pages.questions_of(answers).questions}
    return [
        Change(code, questions[code].text, _said(old.get(code)), _said(new.get(code)))
        for code in questions
        if _said(old.get(code)) != _said(new.get(code))
    ]


def _said(answer: Any) -> str:
    if answer is None:
        return "No answer"
    return " ".join(part for part in (f"{answer.choice.capitalize()}." if answer.choice else "", answer.text) if part)


def _interests(session: Session, item: AgendaItem) -> list[tuple[str, str, str]]:
    names = names_of(session, [interest.member_id for interest in item.interests])
    return [
        (names[interest.member_id], INTERESTS_RECORDED[Declared(interest.declared)], interest.text)
        for interest in item.interests
    ]


def _waiting(session: Session, sitting: Sitting) -> list[str]:
    """Members who can still vote: not barred, not withdrawn, not voted."""
    withdrew = {member for member, declared in sitting.declared.items() if declared == Declared.WITHDREW}
    out = sitting.barred | withdrew | set(sitting.votes)
    return [account.name for account in list_holders(session, Permission.VOTE) if account.id not in out]


def _votes(session: Session, item: AgendaItem, decision: Decision | None) -> list[CountedVote]:
    names = names_of(session, [vote.member_id for vote in item.votes])
    return [
        CountedVote(
            names[vote.member_id],
            VOTED[vote.choice],
            vote.reason,
            decision is not None and vote.choice not in (decision.outcome, Choice.ABSTAIN),
        )
        for vote in item.votes
    ]


def _reader(sitting: Sitting, actor: Actor, quorum: int) -> Reader:
    number = actor.account_id or 0
    return Reader(
        declare=ask(check_may_declare, sitting, actor),
        vote=ask(check_may_vote, sitting, actor),
        close=ask(check_may_close, sitting, actor, quorum),
        record=ask(check_may_record, sitting, actor),
        declared=sitting.declared.get(number),
        voted=number in sitting.votes,
    )
