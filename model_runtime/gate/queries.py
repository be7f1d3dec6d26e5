"""Collecting what the gate looks at; called twice for a score, the second time under locks."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.accounts.queries import names_of
from foundation.accounts.rules import ask
from foundation.accounts.values import Actor
from foundation.clock import london_date
from foundation.ledger.values import content_digest
from foundation.lifecycle.queries import find_last_change
from model_runtime.gate.rules import check_gate
from model_runtime.gate.values import Ages, FactSeen, GateFacts, LawFacts, Opening, UseFacts
from model_runtime.people.queries import latest_facts
from model_runtime.people.rules import age_on
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Score
from registry.declarations.uses import PARTICULARS
from registry.evaluations.queries import find_evaluation
from registry.footing.queries import answer_use, find_lost
from registry.models.queries import find_approval, list_uses, lock_use
from registry.models.rules import as_entered, fingerprint
from registry.models.tables import Approval, Feature, ModelVersion, Use
from registry.models.values import USE_LIFE, PermissionStage, Standing


def list_offered(session: Session, agency: str | None) -> list[Use]:
    """The uses an agency's practitioners can ask about: of several versions the approved one, otherwise the newest."""
    chosen: dict[tuple[int, str], Use] = {}
    for use in list_uses(session, agency=agency) if agency else ():
        key = use.version.model_id, use.code
        if key not in chosen or (use.stage == "approved" and chosen[key].stage != "approved"):
            chosen[key] = use
    return [use for use in chosen.values() if use.stage != "retired"]


def find_offered(session: Session, agency: str | None, purpose: str) -> Use | None:
    """The use whose code or purpose was stated, or none."""
    return next((use for use in list_offered(session, agency) if purpose in (use.code, use.purpose)), None)


def collect(
    session: Session,
    actor: Actor,
    person: Person,
    use: Use | None,
    *,
    purpose: str,
    today: date,
    artefact_seen: str | None = None,
    lock: bool = False,
) -> GateFacts:
    """Everything the gate looks at, as plain values.

    `artefact_seen` is the SHA-256 of the bytes that would be run; without it the registered file is taken for
    granted, which is enough to tell people what is open. `lock` reads use and approval afresh under row locks.
    """
    offered = list_offered(session, actor.agency)
    return GateFacts(
        roles=actor.roles,
        agency=actor.agency,
        person_agency=person.agency_code,
        purpose=purpose,
        approved_purposes=tuple(one.purpose for one in offered if one.stage == "approved"),
        use=_see(session, use, person, artefact_seen, today, lock) if use is not None else None,
        today=today,
        age=age_on(person.born_on, today),
        team=actor.team,
    )


def list_openings(session: Session, actor: Actor, person: Person, today: date) -> list[Opening]:
    """Each use of the actor's agency, and why it would be refused for this person now, if it would."""
    return [_opening(session, actor, person, use, today) for use in list_offered(session, actor.agency)]


def _opening(session: Session, actor: Actor, person: Person, use: Use, today: date) -> Opening:
    facts = collect(session, actor, person, use, purpose=use.code, today=today)
    standing = facts.use.standing if facts.use else None
    return Opening(
        purpose=use.purpose,
        decision=use.decision,
        model=use.version.title,
        model_slug=use.version.model.slug,
        closed=ask(check_gate, facts),
        shadow=standing is not None and standing.permission is PermissionStage.SHADOW,
    )


def _see(session: Session, use: Use, person: Person, artefact_seen: str | None, today: date, lock: bool) -> UseFacts:
    fresh = lock_use(session, use.id) if lock else use
    approval, version = find_approval(session, fresh, lock=lock), fresh.version
    change = find_last_change(session, USE_LIFE.thing, fresh.id)
    evaluation = find_evaluation(session, version.id)
    people_scored, scored_before = _places(session, approval, person)
    return UseFacts(
        use_id=fresh.id,
        title=fresh.title,
        code=fresh.code,
        purpose=fresh.purpose,
        agency=fresh.agency_code,
        stage=fresh.stage,
        stage_since=london_date(change.at if change else version.registered_at),
        stage_by=names_of(session, [change.by_id])[change.by_id] if change else "",
        stage_reason=change.reason if change else "",
        owner=version.model.owner.name if version.model.owner else "not named",
        standing=_standing(approval),
        fingerprint=_fingerprint(fresh, approval),
        as_declared=_as_declared(version, fresh),
        artefact_sha256=version.artefact_sha256,
        artefact_seen=artefact_seen or version.artefact_sha256,
        has_figures=evaluation is not None and evaluation.artefact_sha256 == version.artefact_sha256,
        inputs=tuple(_inputs(version, person)),
        law=_law(session, fresh, approval, today, lock),
        stale_after_days=(version.declaration.get("watch") or UNWATCHED)["stale_after_days"],
        ages=Ages(**fresh.particulars["ages"]) if fresh.particulars.get("ages") else None,
        decision_kind=fresh.particulars.get("decision_kind", ""),
        exempt_until=_exempt_until(fresh),
        people_scored=people_scored,
        scored_before=scored_before,
    )


UNWATCHED = {"stale_after_days": 31}
"""For a version that declares no watch: facts of the last month."""


def _exempt_until(use: Use) -> date | None:
    exemption = use.particulars.get("exemption")
    return date.fromisoformat(exemption["review_on"]) if exemption else None


def _law(session: Session, use: Use, approval: Approval | None, today: date, lock: bool) -> LawFacts:
    """What stands against an approved use by law; of any other use the stage says enough."""
    if approval is None or use.stage != "approved":
        return LawFacts()
    answer = answer_use(session, use, today, lock=lock)
    return LawFacts(
        lost=tuple(one.sentence for one in find_lost(session, approval, today)),
        blocked=tuple(one.sentence for one in answer.blocks),
        unsigned=tuple(one.sentence for one in answer.unsigned),
    )


def _standing(approval: Approval | None) -> Standing | None:
    if approval is None:
        return None
    ended = approval.ended_at is not None
    return Standing(approval.id, approval.expires_on, approval.fingerprint, ended, approval.stage, approval.pilot)


def _fingerprint(use: Use, approval: Approval | None) -> str:
    if approval is None:
        return fingerprint(use)
    return fingerprint(use, approval.answers_sha256, approval.permission, approval.terms)


def _places(session: Session, approval: Approval | None, person: Person) -> tuple[int, bool]:
    """How many different persons were scored under a pilot's approval, and whether this one was (R08)."""
    if approval is None or approval.stage is not PermissionStage.PILOT:
        return 0, False
    people = select(Score.person_id).where(Score.use_id == approval.use_id, Score.approval_id == approval.id).distinct()
    taken = select(func.count()).select_from(people.subquery())
    mine = people.where(Score.person_id == person.id).exists()
    return session.execute(select(taken.scalar_subquery(), mine)).tuples().one()


def _inputs(version: ModelVersion, person: Person) -> Sequence[FactSeen]:
    known = latest_facts(person, {feature.name for feature in version.features})
    return [
        FactSeen(feature.name, feature.meaning, known[feature.name].as_of if feature.name in known else None)
        for feature in version.features
    ]


def _as_declared(version: ModelVersion, use: Use) -> bool:
    """Whether the rows that are read when a score is made still say what the declared text says.

    The fingerprint covers the digest of the declared text; this ties text and rows to that digest, so that a row
    changed behind the product's back closes the gate. A later edition of a use was declared in no file: it is held
    against the digest it was entered with (R24).
    """
    declared = version.declaration
    part = declared["version"]
    return (
        content_digest(declared) == version.declaration_sha256
        and version.threshold == part["operating_threshold"]
        and [(b.code, b.name, b.start, b.end) for b in version.bands]
        == [(b["code"], b["name"], b["from"], b["to"]) for b in part["bands"]]
        and [_plain(feature) for feature in version.features] == [_declared(feature) for feature in part["features"]]
        and (_says(use, declared) if use.edition == 1 else as_entered(use))
    )


def _says(use: Use, declared: Mapping[str, Any]) -> bool:
    said: Mapping[str, Any] = next((one for one in declared["uses"] if one["code"] == use.code), {})
    texts = all(getattr(use, name) == said.get(name) for name in USE_TEXTS)
    return texts and all(use.particulars.get(name) == said.get(name) for name in PARTICULARS)


USE_TEXTS = ("purpose", "audience", "decision", "regime", "significant", "excluded_decisions")
FEATURE_TEXTS = ("name", "meaning", "sentence", "sentence_no", "type", "unit", "categories", "about", "protected")


def _plain(feature: Feature) -> list[Any]:
    return [getattr(feature, name) for name in FEATURE_TEXTS] + [feature.low, feature.high]


def _declared(part: Mapping[str, Any]) -> list[Any]:
    return [part[name] for name in FEATURE_TEXTS] + list(part["range"] or (None, None))
