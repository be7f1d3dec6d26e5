"""Everything a member reads about one item on one page, and what the reader may do with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from assessments.committee.queries import find_answers, find_one_sided, get_sitting, list_agency_kinds, list_changed
from assessments.committee.rules import (
    check_may_close,
    check_may_declare,
    check_may_put_again,
    check_may_vote,
    leading_outcomes,
    needs_both,
)
from assessments.committee.tables import AgendaItem
from assessments.committee.values import (
    CHANGED_WORDS,
    INTERESTS_RECORDED,
    VOTED,
    WAITING,
    Changed,
    Choice,
    Declared,
    Sitting,
)
from assessments.decisions.queries import find_advice, find_decision, list_decisions, list_open_conditions
from assessments.decisions.rules import check_may_determine, check_may_record
from assessments.decisions.suspensions import find_unsettled
from assessments.decisions.tables import Advice, Condition, Decision, Suspension
from assessments.members.queries import list_seats
from assessments.questionnaire import pages
from assessments.questionnaire.figures import FigurePage
from assessments.questionnaire.queries import find_previous
from assessments.questionnaire.rules import answers_by_code
from assessments.questionnaire.tables import Assessment
from assessments.questionnaire.values import Letter
from assessments.readiness.queries import list_gaps
from assessments.readiness.values import Asked, Gap
from foundation.accounts.queries import names_of
from foundation.accounts.rules import ask
from foundation.accounts.values import Actor
from foundation.web.texts import count_text
from registry.explanations.queries import find_findings
from registry.explanations.values import Findings
from registry.footing.queries import find_fallen
from registry.models.values import PermissionStage, PilotTerms
from registry.watch_plans.queries import plan_before
from registry.watch_plans.wording import PlanLine, compare_plans


@dataclass(frozen=True)
class Change:
    """An answer that is not what it was in the round before."""

    code: str
    question: str
    before: str
    now: str


@dataclass(frozen=True)
class CountedVote:
    """A vote as it is shown after closing; `dissent` when it was not for what the committee said.

    One whose member's term ended before the close is shown and does not count.
    """

    name: str
    choice: str
    reason: str
    dissent: bool
    counts: bool


@dataclass(frozen=True)
class Reader:
    """What the reader may do: None where it is possible, otherwise the sentence that says why not."""

    declare: str | None
    vote: str | None
    close: str | None
    record: str | None
    determine: str | None
    again: str | None
    declared: str | None
    voted: bool


@dataclass(frozen=True)
class Papers:
    """The papers of one item; `fallen` says why the law does not carry its use today, while that is to be decided.

    `plan` are the plan in force and the proposed one side by side, line by line, of an item about how a use is watched.
    `gaps` is what still has to be there before a submission can be approved, `changed` what is no longer as it was put
    before the committee, `both` whether a council and a police force have to vote for it, `one_sided` whether only one
    of them did, `seated` how many can vote.
    """

    fallen: Sequence[str]
    figures: FigurePage | None
    driven: Findings | None
    answers: Assessment | None
    parts: Sequence[tuple[Letter, list[pages.Part]]]
    changes: Sequence[Change]
    earlier: Sequence[Decision]
    open_conditions: Sequence[Condition]
    interests: Sequence[tuple[str, str, str]]
    permission: PermissionStage | None
    pilot: PilotTerms | None
    gaps: Sequence[Gap]
    changed: Sequence[str]
    both: bool
    one_sided: bool
    suspension: Suspension | None
    waiting: Sequence[str]
    plan: Sequence[PlanLine]
    seated: int
    cast: int
    quorum: int
    independent: int
    independents: int
    votes: Sequence[CountedVote]
    tally: dict[str, int] | None
    leading: Sequence[Choice]
    choices: Sequence[Choice]
    matter: str
    reader: Reader
    advice: Advice | None
    decision: Decision | None

    @property
    def quorum_text(self) -> str:
        """How many have voted and how many are needed."""
        cast = count_text(self.cast, "member has", "members have")
        short = self.quorum - self.cast
        if short > 0:
            rest = f"{count_text(short, 'more vote is', 'more votes are')} needed"
        elif self.independent < self.independents:
            missing = self.independents - self.independent
            rest = (
                f"{count_text(missing, 'vote of an independent member is', 'votes of independent members are')} missing"
            )
        else:
            rest = "that is enough"
        return f"{cast} voted; {rest} before the chair can close the vote."


def gather(
    session: Session, actor: Actor, item: AgendaItem, *, quorum: int, independents: int = 1, today: date
) -> Papers:
    """The papers of an item for one reader. Before the vote is closed they hold nobody's choice."""
    sitting = get_sitting(session, item, today)
    answers = find_answers(session, item.use, item.assessment)
    advice, decision = find_advice(session, item.id), find_decision(session, item.id)
    counted = item.stage in ("closed", "advised", "decided")
    waits = item.stage in WAITING
    changed = list_changed(session, item, today) if waits else []
    one_sided = waits and find_one_sided(session, item, sitting)
    leading = leading_outcomes(sitting.tally) if counted else ()
    return Papers(
        fallen=find_fallen(session, item.use, today) if decision is None else [],
        figures=pages.find_figure_page(session, item.use),
        driven=find_findings(session, item.use.version),
        answers=answers,
        parts=pages.list_parts(session, answers) if answers else [],
        changes=_changes(session, answers),
        earlier=[one for one in list_decisions(session, [item.use_id]) if decision is None or one.id < decision.id],
        open_conditions=list_open_conditions(session, [item.use_id]),
        interests=_interests(session, item),
        permission=_asked(item),
        pilot=_pilot(item),
        gaps=_gaps(session, item, today) if waits else [],
        changed=[CHANGED_WORDS[one] for one in changed],
        both=waits and item.plan is None and needs_both(list_agency_kinds(session, item.use)),
        one_sided=one_sided,
        suspension=find_unsettled(session, item.use_id) if waits and item.plan is None else None,
        plan=compare_plans(plan_before(session, item.plan), item.plan.plan) if item.plan else [],
        waiting=_waiting(session, sitting, today) if item.stage == "open" else [],
        seated=sum(voter.votes for voter in sitting.seats.values()),
        cast=len(sitting.counting),
        quorum=quorum,
        independent=sitting.independents,
        independents=independents,
        votes=_votes(session, item, sitting, advice or decision) if counted else [],
        tally=sitting.tally if counted else None,
        leading=[Choice(code) for code in leading],
        choices=sitting.choices,
        matter=sitting.matter,
        reader=_reader(sitting, actor, changed, one_sided, (quorum, independents)),
        advice=advice,
        decision=decision,
    )


def _asked(item: AgendaItem) -> PermissionStage | None:
    said = item.assessment.permission if item.assessment else ""
    return PermissionStage(said) if said else None


def _pilot(item: AgendaItem) -> PilotTerms | None:
    terms = item.assessment.terms if item.assessment else {}
    return PilotTerms.from_dict(terms) if terms else None


def _gaps(session: Session, item: AgendaItem, today: date) -> list[Gap]:
    if item.assessment is None:
        return []
    return list_gaps(session, Asked(item.use, item.assessment, _asked(item) or PermissionStage.SHADOW, today))


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


def _waiting(session: Session, sitting: Sitting, today: date) -> list[str]:
    """Seated members who can still vote: not barred, not withdrawn, not voted."""
    withdrew = {member for member, declared in sitting.declared.items() if declared == Declared.WITHDREW}
    out = sitting.barred | withdrew | set(sitting.votes)
    seats = [seat for seat in list_seats(session, today) if seat.votes and seat.account_id not in out]
    return sorted(seat.account.name for seat in seats)


def _votes(session: Session, item: AgendaItem, sitting: Sitting, said: Advice | Decision | None) -> list[CountedVote]:
    names = names_of(session, [vote.member_id for vote in item.votes])
    return [
        CountedVote(
            names[vote.member_id],
            VOTED[vote.choice],
            vote.reason,
            said is not None and vote.choice not in (said.outcome, Choice.ABSTAIN),
            vote.member_id in sitting.counting,
        )
        for vote in item.votes
    ]


def _reader(
    sitting: Sitting, actor: Actor, changed: Sequence[Changed], one_sided: bool, needed: tuple[int, int]
) -> Reader:
    number = actor.account_id or 0
    return Reader(
        declare=ask(check_may_declare, sitting, actor),
        vote=ask(check_may_vote, sitting, actor),
        close=ask(check_may_close, sitting, actor, *needed),
        record=ask(check_may_record, sitting, actor),
        determine=ask(check_may_determine, sitting, actor),
        again=ask(check_may_put_again, sitting, changed, one_sided, actor),
        declared=sitting.declared.get(number),
        voted=number in sitting.votes,
    )
