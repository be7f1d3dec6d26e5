"""Reading assessments, their evidence, and the strip that sums them up."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessments.decisions.tables import Condition, Decision
from assessments.questionnaire.rules import evidence_content, is_expired
from assessments.questionnaire.tables import Assessment, Evidence
from assessments.questionnaire.tiles import Standing, make_tile
from assessments.questionnaire.values import Questionnaire, load_questionnaire
from foundation.accounts.values import Actor, Permission, Role
from foundation.clock import london_date
from foundation.errors import NotFound
from registry.letters.queries import list_facts
from registry.letters.values import FactSource
from registry.models.queries import find_approval, list_owned
from registry.models.tables import ModelVersion, RiskModel, Use

USED_READ = 500
"""How many pieces of evidence are looked through for some that can be used again."""


def get_assessment(session: Session, assessment_id: int) -> Assessment:
    """An assessment by number."""
    assessment = session.get(Assessment, assessment_id)
    if assessment is None:
        raise NotFound("There is no such assessment.")
    return assessment


def get_evidence(session: Session, assessment_id: int, evidence_id: int) -> Evidence:
    """A piece of evidence by number, of this very assessment."""
    evidence = session.get(Evidence, evidence_id)
    if evidence is None or evidence.assessment_id != assessment_id:
        raise NotFound("There is no such evidence.")
    return evidence


def find_current(session: Session, use_id: int) -> Assessment | None:
    """The newest round of answers about a use, or none."""
    chosen = select(Assessment).where(Assessment.use_id == use_id).order_by(Assessment.id.desc())
    return session.scalars(chosen.limit(1)).first()


def find_earlier(session: Session, use: Use) -> Assessment | None:
    """What a new round begins from: the use's newest one, or the newest of the same use of an earlier version."""
    version = use.version
    same = select(Use.id).join(ModelVersion, ModelVersion.id == Use.version_id)
    same = same.where(ModelVersion.model_id == version.model_id, Use.code == use.code)
    chosen = select(Assessment).join(Use, Use.id == Assessment.use_id).join(ModelVersion)
    chosen = chosen.where(Assessment.use_id.in_(same), ModelVersion.number <= version.number)
    chosen = chosen.order_by(ModelVersion.number.desc(), Assessment.id.desc())
    return session.scalars(chosen.limit(1)).first()


def find_draft(session: Session, use_id: int) -> Assessment | None:
    """The round that is being answered, or none."""
    chosen = select(Assessment).where(Assessment.use_id == use_id, Assessment.stage == "draft")
    return session.scalars(chosen.order_by(Assessment.id.desc()).limit(1)).first()


def find_decided(session: Session, use_id: int) -> Assessment | None:
    """The newest round the committee has decided on, or none."""
    chosen = select(Assessment).where(Assessment.use_id == use_id, Assessment.stage == "decided")
    return session.scalars(chosen.order_by(Assessment.id.desc()).limit(1)).first()


def find_previous(session: Session, assessment: Assessment) -> Assessment | None:
    """The round before this one, or none."""
    chosen = select(Assessment).where(Assessment.use_id == assessment.use_id, Assessment.id < assessment.id)
    return session.scalars(chosen.order_by(Assessment.id.desc()).limit(1)).first()


def list_rounds(session: Session, assessment: Assessment) -> Sequence[Assessment]:
    """The other rounds about the same use, in any version of its model, newest first."""
    version = assessment.use.version
    chosen = select(Assessment).join(Use, Use.id == Assessment.use_id).join(ModelVersion)
    chosen = chosen.where(ModelVersion.model_id == version.model_id, Use.code == assessment.use.code)
    chosen = chosen.where(Assessment.id != assessment.id).order_by(Assessment.id.desc())
    return session.scalars(chosen).all()


def list_drafts(session: Session, actor: Actor) -> Sequence[Assessment]:
    """The drafts an actor may answer: of models they own, and as contributor of models of their agency."""
    if not actor.may(Permission.ANSWER_ASSESSMENT) or actor.account_id is None:
        return []
    mine = {model.id for model in list_owned(session, actor.account_id)}
    chosen = select(Assessment).where(Assessment.stage == "draft").order_by(Assessment.id)
    helps = actor.agency if Role.CONTRIBUTOR in actor.roles else None
    return [draft for draft in session.scalars(chosen) if _concerns(draft.use.version.model, mine, helps)]


def _concerns(model: RiskModel, mine: set[int], agency: str | None) -> bool:
    return model.id in mine or (agency is not None and model.agency_code == agency)


def list_returned(session: Session, account_id: int) -> Sequence[Assessment]:
    """The rounds the committee sent back to an owner or deputy and that no new round follows yet."""
    newest = select(func.max(Assessment.id)).group_by(Assessment.use_id)
    mine = [model.id for model in list_owned(session, account_id)]
    chosen = select(Assessment).join(Use, Assessment.use_id == Use.id).join(ModelVersion)
    chosen = chosen.where(Assessment.id.in_(newest), Assessment.stage == "returned", ModelVersion.model_id.in_(mine))
    return session.scalars(chosen.order_by(Assessment.id)).all()


def list_used_before(session: Session, assessment: Assessment, today: date) -> list[tuple[Evidence, str]]:
    """Evidence of this agency's other rounds that counts today, each document once, newest first, and where it is from.

    What this round has already is left out.
    """
    here = assessment.use.version.model
    chosen = select(Evidence, ModelVersion.number, RiskModel.name).select_from(Evidence)
    chosen = chosen.join(Assessment).join(Use).join(ModelVersion).join(RiskModel)
    chosen = chosen.where(RiskModel.agency_code == here.agency_code, Evidence.assessment_id != assessment.id)
    found: dict[tuple[str, ...], tuple[Evidence, str]] = {}
    for one, number, name in session.execute(chosen.order_by(Evidence.id.desc()).limit(USED_READ)).tuples():
        found.setdefault(evidence_content(one)[1:], (one, one.origin or f"{name}, version {number}, {one.code}"))
    known = {evidence_content(one)[1:] for one in assessment.evidence}
    return [told for content, told in found.items() if content not in known and not is_expired(told[0], today)]


def list_authors(session: Session, use_id: int) -> frozenset[int]:
    """Everybody who started a round about a use, answered a question or added evidence; none of them votes on it."""
    rounds = session.scalars(select(Assessment).where(Assessment.use_id == use_id)).all()
    authors = {one.started_by_id for one in rounds}
    authors |= {answer.answered_by_id for one in rounds for answer in one.answers}
    return frozenset(authors | {evidence.added_by_id for one in rounds for evidence in one.evidence})


def questions_of(assessment: Assessment | None) -> Questionnaire:
    """The questions an assessment is answered against, its partnership's own among them; without one, the 32."""
    if assessment is None:
        return load_questionnaire()
    own = assessment.question_set.own if "+" in assessment.questionnaire and assessment.question_set else ()
    return load_questionnaire(assessment.questionnaire, own)


def list_open_conditions_of(session: Session, use_ids: Sequence[int]) -> Sequence[Condition]:
    """Conditions not yet met of the approval that stands: those of each use's newest approving decision."""
    standing = select(func.max(Decision.id)).where(Decision.outcome.in_(("approve", "approve_with_conditions")))
    standing = standing.where(Decision.use_id.in_(use_ids)).group_by(Decision.use_id)
    chosen = select(Condition).where(Condition.decision_id.in_(standing), Condition.met_at.is_(None))
    return session.scalars(chosen.order_by(Condition.due_on, Condition.id)).all()


def strip(session: Session, use: Use, now: datetime, sources: Sequence[FactSource] = ()) -> list[dict[str, Any]]:
    """The eight tiles of a use, in the order of ALGO-CARE: letter, word, state, state_text, href (None), code and live.

    `sources` are those of live facts, which the roof gathers; without them the tiles say what is on record alone.
    """
    assessment = find_current(session, use.id)
    standing = Standing(
        use=use,
        assessment=assessment,
        approval=find_approval(session, use),
        conditions=list_open_conditions_of(session, [use.id]),
        today=london_date(now),
        facts=list_facts(session, use, now, sources),
    )
    return [make_tile(letter, standing) for letter in questions_of(assessment).letters]
