"""The one door to a score that was given: pages, files and the API open it here, and looking is recorded first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from foundation.accounts.values import Actor
from model_runtime.judgements.queries import has_said
from model_runtime.scores.audience import check_audience, check_judged
from model_runtime.scores.queries import get_score, read_advisory
from model_runtime.scores.service import Given, record_viewing
from model_runtime.scores.tables import Score
from model_runtime.scores.values import AdvisoryScore
from registry.safeguards.queries import get_safeguards
from registry.safeguards.values import Safeguards, Shows


@dataclass(frozen=True)
class Seen:
    """A score as one reader may see it: `shows` is reasons or band. What `band` leaves out is in `files.seen_dict`."""

    score: Score
    advisory: AdvisoryScore
    shows: Shows
    safeguards: Safeguards


def open_score(session: Session, actor: Actor, reference: str, at: datetime) -> Seen:
    """A score for somebody to look at; that they looked is recorded in the same transaction (R02, R07, R08, R39).

    Not found: another agency's. Refused: one in the shadow, in a pilot of other teams, to a team that is shown nothing
    (not_audience), to somebody who has not said what they think first (judge_first), and one that was changed.
    """
    return look_at(session, actor, get_score(session, actor, reference), at)


def look_at(session: Session, actor: Actor, score: Score, at: datetime) -> Seen:
    """The same for a score that `get_score` gave."""
    seen = check_opens(session, actor, score)
    record_viewing(session, score, actor, at)
    return seen


def look_at_given(session: Session, actor: Actor, given: Given, at: datetime) -> Seen:
    """The same for a score that the actor was given in this very transaction: nobody can have judged it yet."""
    asked = given.safeguards
    shows = check_audience(asked, actor)
    check_judged(asked, has_said=False)
    record_viewing(session, given.score, actor, at)
    return Seen(given.score, given.advisory, shows, asked)


def check_opens(session: Session, actor: Actor, score: Score) -> Seen:
    """What a reader would see of a score, without looking; refused as `open_score` refuses."""
    asked = get_safeguards(session, score.use_id)
    shows = check_audience(asked, actor)
    check_judged(asked, has_own_view(session, score, actor))
    return Seen(score, read_advisory(score), shows, asked)


def has_own_view(session: Session, score: Score, actor: Actor) -> bool:
    """Whether somebody recorded their own view or judgement of a score, or saw it before that was asked."""
    return has_said(session, score.id, actor.account_id)
