"""Trying other values beside a score: the gate afresh, the engine, a record, and never a score (R02, R39)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.clock import Clock, london_date
from foundation.database.connection import Database
from foundation.errors import AlgocareError, Invalid
from foundation.files.service import get_content
from foundation.ledger.service import record
from foundation.ledger.values import digest
from model_runtime.engine.values import EngineAnswer
from model_runtime.gate.queries import collect
from model_runtime.gate.rules import check_gate
from model_runtime.scores.advisories import concepts_of
from model_runtime.scores.queries import get_score
from model_runtime.scores.reading import check_opens, look_at
from model_runtime.scores.reasons import FactUsed, build_reasons, rounded_in_words
from model_runtime.scores.rules import new_reference
from model_runtime.scores.service import Engine
from model_runtime.scores.tables import Score
from model_runtime.what_if.queries import list_inputs, list_recorded
from model_runtime.what_if.rules import check_allowed, check_values, read_typed
from model_runtime.what_if.tables import WhatIf
from model_runtime.what_if.values import HEADLINE, LABEL, TYPED, Changed, Trial


@dataclass(frozen=True)
class Prepared:
    """What goes to the engine: plain values, so that no transaction is open while it works."""

    artefact: bytes
    sha256: str
    method: str
    row: dict[str, float]
    changed: dict[str, Any]


def try_out(
    database: Database, clock: Clock, engine: Engine, actor: Actor, *, reference: str, typed: Mapping[str, str]
) -> Trial:
    """What would come out with other values; `typed` holds a text for every input by name.

    Refused: where the committee has not allowed it (what_if_closed), whatever would refuse a score now, and values
    that are not as declared, at their fields. What was refused is recorded too, except for what was mistyped.
    """
    check_permission(actor, Permission.ASK_SCORE)
    try:
        prepared = _prepare(database, clock, actor, reference, typed)
        answered = engine.score(prepared.artefact, prepared.sha256, prepared.method, list(prepared.row), [prepared.row])
        return _keep(database, clock, actor, reference, prepared, answered)
    except Invalid:
        raise
    except AlgocareError as error:
        _record_refused(database, clock, actor, error)
        raise


def _prepare(database: Database, clock: Clock, actor: Actor, reference: str, typed: Mapping[str, str]) -> Prepared:
    with database.read() as session:
        score, today = get_score(session, actor, reference), london_date(clock.now())
        check_allowed(check_opens(session, actor, score))
        version = score.use.version
        artefact = get_content(session, version.artefact_sha256)
        _pass_gate(session, actor, score, today, digest(artefact))
        changed = read_typed(list_inputs(score), typed)
        known = {name: fact.value for name, fact in list_recorded(score).items()}
        row = check_values(version.features, known | changed)
        return Prepared(artefact, digest(artefact), version.method, row, changed)


def _keep(
    database: Database, clock: Clock, actor: Actor, reference: str, prepared: Prepared, answered: EngineAnswer
) -> Trial:
    """The gate once more under locks, then the record of the trial and of the look at the score it stands beside."""
    with database.write() as session:
        at, score = clock.now(), get_score(session, actor, reference)
        _pass_gate(session, actor, score, london_date(at), prepared.sha256, lock=True)
        seen = look_at(session, actor, score, at)
        check_allowed(seen)
        version = score.use.version
        band = version.band_of(answered.scores[0])
        kept = WhatIf(
            reference=new_reference("W"),
            score_id=score.id,
            by_id=actor.account_id,
            at=at,
            changed=prepared.changed,
            band=band.code,
        )
        session.add(kept)
        facts = {"what_if": kept.reference, "score": score.reference, "changed": sorted(prepared.changed)}
        record(session, "what_if_tried", actor=actor.reference, at=at, model=version.model.slug, facts=facts)
        used = _facts_used(score, prepared.changed, london_date(at))
        return Trial(
            headline=HEADLINE,
            label=LABEL,
            reference=kept.reference,
            score_reference=score.reference,
            band=band.name,
            band_of_score=seen.advisory.band,
            changed=_in_words(score, prepared.changed),
            reasons=build_reasons(
                version.features, used, answered.contributions[0], concepts_of(version.declaration["version"])
            ),
        )


def _pass_gate(
    session: Session, actor: Actor, score: Score, today: date, artefact_seen: str, *, lock: bool = False
) -> None:
    person, use = score.person, score.use
    check_gate(
        collect(session, actor, person, use, purpose=use.code, today=today, artefact_seen=artefact_seen, lock=lock)
    )


def _facts_used(score: Score, changed: Mapping[str, Any], today: date) -> list[FactUsed]:
    known = list_recorded(score)
    return [
        FactUsed(feature.name, changed[feature.name], TYPED, today)
        if feature.name in changed
        else FactUsed(feature.name, *(getattr(known[feature.name], part) for part in ("value", "source", "as_of")))
        for feature in score.use.version.features
    ]


def _in_words(score: Score, changed: Mapping[str, Any]) -> tuple[Changed, ...]:
    known = list_recorded(score)
    return tuple(
        Changed(
            feature.meaning,
            rounded_in_words(feature.type, known[feature.name].value),
            rounded_in_words(feature.type, changed[feature.name]),
        )
        for feature in score.use.version.features
        if feature.name in changed
    )


def _record_refused(database: Database, clock: Clock, actor: Actor, error: AlgocareError) -> None:
    with database.write() as session:
        record(session, "what_if_refused", actor=actor.reference, at=clock.now(), facts={"code": error.code})
