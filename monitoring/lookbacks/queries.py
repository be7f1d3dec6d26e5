"""Reading look-backs: the people to look at, what came of their scores, counts of harm, and retirements."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from foundation.accounts.queries import names_of
from foundation.accounts.values import Actor, Permission
from foundation.errors import NotFound
from foundation.tasks import Task
from foundation.web.texts import count_text
from model_runtime.cohorts.queries import find_last_run, list_given
from model_runtime.cohorts.values import Given
from model_runtime.judgements.tables import Judgement
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Score, Viewing
from monitoring.lookbacks.rules import check_sees, sees_everybody
from monitoring.lookbacks.tables import HarmReview, LookBack, LookBackEntry, Retirement
from monitoring.lookbacks.values import Harm, HarmCount, ScoreLine
from registry.models.rules import owns
from registry.models.tables import Use

FOUND = (Harm.POSSIBLE.value, Harm.HARM.value)
NARROWED: dict[str, Any] = {
    "waiting": LookBackEntry.harm == "",
    "reviewed": LookBackEntry.harm != "",
    "harm": LookBackEntry.harm.in_(FOUND),
}
"""The conditions behind the states that a list can be narrowed to."""


def list_editions(session: Session, use: Use) -> Sequence[int]:
    """The numbers of every edition of a use of a version, oldest first."""
    same = select(Use.id).where(Use.version_id == use.version_id, Use.code == use.code)
    return session.scalars(same.order_by(Use.id)).all()


def find_look_back(session: Session, use: Use) -> LookBack | None:
    """The look-back of a use of a version, for whichever edition it was made, or none."""
    return session.scalars(select(LookBack).where(LookBack.use_id.in_(list_editions(session, use)))).first()


def get_look_back(session: Session, look_back_id: int) -> LookBack:
    """A look-back by number."""
    found = session.get(LookBack, look_back_id)
    if found is None:
        raise NotFound("There is no such look-back.")
    return found


def find_last_score(session: Session, use: Use) -> datetime | None:
    """When any edition of a use last gave a score, alone or in a run; none if it never did."""
    editions = list_editions(session, use)
    alone = session.scalar(select(func.max(Score.at)).where(Score.use_id.in_(editions)))
    return max((at for at in (alone, find_last_run(session, editions)) if at is not None), default=None)


def count_people(session: Session, look_back_id: int) -> tuple[int, int]:
    """How many people and scores a look-back holds."""
    counted = select(func.count(), func.coalesce(func.sum(LookBackEntry.scores), 0))
    people, scores = session.execute(counted.where(LookBackEntry.look_back_id == look_back_id)).one()
    return int(people), int(scores)


def count_harm(session: Session, look_back_id: int | None = None) -> list[HarmCount]:
    """How far every look-back has come, or one of them, newest first: counts and nobody's name (R14)."""

    def where(condition: Any) -> Any:
        return func.count(case((condition, 1)))

    counted = select(
        LookBackEntry.look_back_id,
        where(LookBackEntry.shown > 0),
        where(LookBackEntry.challenged),
        where(NARROWED["reviewed"]),
        where(LookBackEntry.harm == Harm.POSSIBLE.value),
        where(LookBackEntry.harm == Harm.HARM.value),
        where(LookBackEntry.harm.in_(FOUND) & LookBackEntry.settled_at.is_(None)),
    ).group_by(LookBackEntry.look_back_id)
    counts = {row[0]: row[1:] for row in session.execute(counted)}
    chosen = select(LookBack).order_by(LookBack.made_at.desc(), LookBack.id.desc())
    chosen = chosen.where(LookBack.id == look_back_id) if look_back_id is not None else chosen
    return [
        HarmCount(one.id, one.use, one.made_at, one.people, one.scores, *counts.get(one.id, (0,) * 6))
        for one in session.scalars(chosen)
    ]


def list_entries(
    session: Session, actor: Actor, look_back_id: int, *, state: str = "", start: int = 0, most: int | None = None
) -> Sequence[LookBackEntry]:
    """The people of a look-back whom the actor may look at, by reference; `state` is a code of STATES or empty."""
    chosen = _seen_by(select(LookBackEntry), actor, look_back_id, state).order_by(Person.reference)
    return session.scalars(chosen.offset(start).limit(most)).all()


def count_entries(session: Session, actor: Actor, look_back_id: int, *, state: str = "") -> int:
    """How many `list_entries` would give in all."""
    return session.scalar(_seen_by(select(func.count(LookBackEntry.id)), actor, look_back_id, state)) or 0


def _seen_by(chosen: Select[Any], actor: Actor, look_back_id: int, state: str) -> Select[Any]:
    chosen = chosen.join(Person, Person.id == LookBackEntry.person_id)
    chosen = chosen.where(LookBackEntry.look_back_id == look_back_id)
    chosen = chosen if sees_everybody(actor) else chosen.where(Person.agency_code == actor.agency)
    return chosen.where(NARROWED[state]) if state in NARROWED else chosen


def get_entry(session: Session, actor: Actor, look_back_id: int, entry_id: int) -> LookBackEntry:
    """One person of a look-back; of another agency's people not even the existence is said."""
    entry = session.get(LookBackEntry, entry_id)
    if entry is None or entry.look_back_id != look_back_id:
        raise NotFound("There is nobody with this number among those your agency works with.")
    check_sees(entry.person.agency_code, actor)
    return entry


def list_reviews(session: Session, entry_id: int) -> Sequence[HarmReview]:
    """What was found about a person, oldest first."""
    return session.scalars(select(HarmReview).where(HarmReview.entry_id == entry_id).order_by(HarmReview.id)).all()


def list_lines(session: Session, entry: LookBackEntry) -> list[ScoreLine]:
    """Every score of a person's entry, oldest first, with who saw it and what they made of it."""
    use = entry.look_back.use
    editions, bands = list_editions(session, use), {band.code: band.name for band in use.version.bands}
    lines = [*_alone(session, entry, editions, bands), *_in_runs(session, entry, editions, bands)]
    return sorted(lines, key=lambda line: line.at)


def _alone(session: Session, entry: LookBackEntry, editions: Sequence[int], bands: dict[str, str]) -> list[ScoreLine]:
    mine = Score.use_id.in_(editions), Score.person_id == entry.person_id
    scores = session.scalars(select(Score).where(*mine).order_by(Score.at, Score.id)).all()
    numbers = [score.id for score in scores]
    viewings = session.execute(
        select(Viewing.score_id, Viewing.by_id).where(Viewing.score_id.in_(numbers)).distinct()
    ).all()
    judgements = session.scalars(select(Judgement).where(Judgement.score_id.in_(numbers)).order_by(Judgement.id)).all()
    names = names_of(session, [*(by_id for _, by_id in viewings), *(one.by_id for one in judgements)])
    seen, judged = defaultdict(list), defaultdict(list)
    for score_id, by_id in viewings:
        seen[score_id].append(names[by_id])
    for one in judgements:
        judged[one.score_id].append((names[one.by_id], one))
    return [
        ScoreLine(
            reference=score.reference,
            at=score.at,
            band="" if score.shadow else bands.get(score.band, score.band),
            seen=tuple(sorted(seen[score.id])),
            judgements=tuple(judged[score.id]),
        )
        for score in scores
    ]


def _in_runs(session: Session, entry: LookBackEntry, editions: Sequence[int], bands: dict[str, str]) -> list[ScoreLine]:
    return [
        ScoreLine(
            reference=given.run_reference,
            at=given.at,
            band="" if given.shadow else bands.get(given.band, given.band),
            seen=_lookers(session, given),
            run=True,
        )
        for given in list_given(session, entry.person.reference, editions)
    ]


def _lookers(session: Session, given: Given) -> tuple[str, ...]:
    names = names_of(session, [*given.looked, *given.took])
    took = {f"{names[one]} (took out the whole run)" for one in given.took}
    return tuple(sorted({names[one] for one in given.looked} | took))


def find_retirement(session: Session, use_id: int) -> Retirement | None:
    """The record of a use's retirement, or none yet."""
    return session.scalars(select(Retirement).where(Retirement.use_id == use_id)).first()


def get_retirement(session: Session, use_id: int) -> Retirement:
    """The record of a use's retirement; the worker begins it a moment after the decision."""
    found = find_retirement(session, use_id)
    if found is None:
        raise NotFound("There is no record of this use being retired. It begins a moment after the decision.")
    return found


def list_retirements(session: Session) -> Sequence[Retirement]:
    """Every retirement, the newest first."""
    return session.scalars(select(Retirement).order_by(Retirement.retired_at.desc(), Retirement.id.desc())).all()


def list_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """For an owner what is missing from a retirement; for a practitioner and the data protection officer whom to see.

    Nobody who was scored is named.
    """
    if actor.account_id is None:
        return []
    reviews = _review_tasks(session, actor) if actor.may(Permission.REVIEW_HARM) else []
    return [*_retirement_tasks(session, actor), *reviews]


def _retirement_tasks(session: Session, actor: Actor) -> list[Task]:
    hint = "Say who was told, what became of the data and when the public record was brought up to date."
    return [
        Task(
            text=f"Complete the retirement of {one.use.title}",
            endpoint="lookbacks.close",
            arguments={"use_id": one.use_id},
            since=one.retired_at,
            hint=hint,
            tag="To complete",
            tone="attention",
        )
        for one in session.scalars(select(Retirement).where(Retirement.completed_at.is_(None)))
        if owns(one.use.version.model, actor)
    ]


def _review_tasks(session: Session, actor: Actor) -> list[Task]:
    if sees_everybody(actor):
        return [_harm_task(one) for one in count_harm(session) if one.unsettled]
    waiting = select(LookBackEntry.look_back_id, func.count()).join(Person, Person.id == LookBackEntry.person_id)
    mine = Person.agency_code == actor.agency, NARROWED["waiting"]
    counts = session.execute(waiting.where(*mine).group_by(LookBackEntry.look_back_id)).tuples().all()
    return [_look_task(get_look_back(session, number), count) for number, count in counts]


def _harm_task(one: HarmCount) -> Task:
    return Task(
        text=f"{count_text(one.unsettled, 'person', 'people')} may have come to harm by {one.use.version.title}",
        endpoint="lookbacks.list_people",
        arguments={"look_back_id": one.look_back_id, "state": "harm"},
        since=one.made_at,
        hint="Somebody looked at them again and found possible harm. Look at each and say what you found.",
        tag="Harm to settle",
        tone="bad",
    )


def _look_task(look_back: LookBack, count: int) -> Task:
    return Task(
        text=f"Look again at {count_text(count, 'person', 'people')} whom {look_back.use.version.title} scored",
        endpoint="lookbacks.list_people",
        arguments={"look_back_id": look_back.id, "state": "waiting"},
        since=look_back.made_at,
        hint="It was withdrawn. Say for each of them whether a score did harm.",
        tag="To look at",
        tone="attention",
    )
