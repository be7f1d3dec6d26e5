"""Asking the legal engine about a use, and what an approval lost since it was granted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.accounts.queries import names_of
from foundation.clock import london_date
from registry.catalogue.queries import read_catalogue
from registry.catalogue.rules import with_entries
from registry.catalogue.values import AnyEntry, Catalogue
from registry.footing import grounds, rules
from registry.footing.tables import SignOff
from registry.footing.values import Answer, Asking, ItemAnswer, Lost, Signed
from registry.items.values import ItemEntry
from registry.models.queries import find_approval
from registry.models.tables import Approval, Feature, RiskModel, Use


@dataclass(frozen=True)
class Stopped:
    """A use that would stop, and why."""

    use: Use
    sentences: tuple[str, ...]


def answer_item(catalogue: Catalogue, item: ItemEntry, day: date) -> ItemAnswer:
    """What the engine says about an item of the register, whoever asks for it."""
    return rules.answer_item(catalogue, item, day)


def answer_use(session: Session, use: Use, day: date, as_at: datetime | None = None, *, lock: bool = False) -> Answer:
    """The legal footing of a use on a day, by the register as it stands or stood.

    With `lock` the register cannot be changed by others until this transaction ends.
    """
    return _answer(session, use, read_catalogue(session, as_at, lock=lock), day, as_at)


def find_lost(session: Session, approval: Approval, day: date) -> list[Lost]:
    """What an approval rests on and the register no longer says.

    An approval whose footing was never recorded (granted by the first release) has lost all of it: a use must be
    approved again before a score rests on it (R50).
    """
    if approval.footing is None:
        return [Lost(0, None, "The approval was given before its legal footing was recorded.")]
    return grounds.find_lost(approval.footing.grounds, read_catalogue(session), day)


def find_fallen(session: Session, use: Use, day: date) -> list[str]:
    """Why a use's law does not carry it on a day; empty while it does."""
    approval = find_approval(session, use)
    lost = find_lost(session, approval, day) if approval is not None else []
    return rules.fallen_sentences(lost, answer_use(session, use, day))


def list_stopped(session: Session, entries: Sequence[AnyEntry], day: date) -> list[Stopped]:
    """The approved uses that would stop if these entries stood in the register, each with what would stop it."""
    before = read_catalogue(session)
    after = replace(with_entries(before, entries), state="")
    found = [_would_stop(session, use, before, after, day) for use in _list_approved(session)]
    return [stopped for stopped in found if stopped is not None]


def list_sign_offs(session: Session, use_id: int, as_at: datetime | None = None) -> Sequence[SignOff]:
    """Every sign-off of a use and everything taken back, newest first."""
    chosen = select(SignOff).where(SignOff.use_id == use_id).order_by(SignOff.id.desc())
    return session.scalars(chosen.where(SignOff.at <= as_at) if as_at else chosen).all()


def _list_approved(session: Session) -> Sequence[Use]:
    return session.scalars(select(Use).where(Use.stage == "approved").order_by(Use.id)).all()


def _would_stop(session: Session, use: Use, before: Catalogue, after: Catalogue, day: date) -> Stopped | None:
    approval = find_approval(session, use)
    recorded = approval.footing.grounds if approval is not None and approval.footing is not None else []
    lost = [one.sentence for one in grounds.find_lost(recorded, after, day)]
    known = {finding.key for finding in _answer(session, use, before, day, None).open}
    opened = [one.sentence for one in _answer(session, use, after, day, None).open if one.key not in known]
    sentences = tuple(dict.fromkeys(lost + opened))
    return Stopped(use, sentences) if sentences else None


def _answer(session: Session, use: Use, catalogue: Catalogue, day: date, as_at: datetime | None) -> Answer:
    features = use.version.features
    inputs = _inputs_of(session, {feature.item_id for feature in features}, catalogue)
    asking = asking_of(use, catalogue)
    answers = tuple(_item_answers(catalogue, features, asking, inputs, day))
    particulars = use.particulars
    result = catalogue.items.get(use.version.model.item_id or 0)
    about_use = rules.find_use_findings(asking, use.regime, particulars.get("lawful_basis", ""), answers, result)
    ended = rules.find_audience_findings(asking, day)
    findings = [*ended, *about_use, *(finding for answer in answers for finding in answer.findings)]
    return Answer(day, answers, tuple(findings), _signed(session, use.id, as_at))


def asking_of(use: Use, catalogue: Catalogue) -> Asking:
    """Who a use's audience is to the law: agency, purposes, condition for special data, ages."""
    told: Mapping[str, Any] = use.particulars
    ages = told.get("ages") or {}
    agency = catalogue.agencies[use.agency_code]
    return Asking(
        agency=agency,
        purposes=tuple(told.get("purpose_kinds", ())),
        special_condition=told.get("special_condition") or "",
        minimum_age=ages.get("minimum"),
        maximum_age=ages.get("maximum"),
    )


def _item_answers(
    catalogue: Catalogue, features: Sequence[Feature], asking: Asking, inputs: rules.Inputs, day: date
) -> list[ItemAnswer]:
    by_item: dict[int, list[Feature]] = {}
    for feature in features:
        by_item.setdefault(feature.item_id, []).append(feature)
    found = []
    for item_id, resting in by_item.items():
        about_person = all(feature.about == "person" for feature in resting)
        own = asking if about_person else replace(asking, about_person=False)
        answer = rules.answer_item(catalogue, catalogue.items[item_id], day, own, inputs)
        found.append(replace(answer, features=tuple(feature.meaning for feature in resting)))
    return found


def _inputs_of(session: Session, item_ids: set[int], catalogue: Catalogue) -> rules.Inputs:
    """For items that stand for models registered here: the items their newest version is made from (R38)."""
    found: dict[int, list[int]] = {}
    ahead = {item_id for item_id in item_ids if catalogue.items[item_id].matter == "score"}
    while ahead:
        chosen = select(RiskModel).where(RiskModel.item_id.in_(ahead), RiskModel.held.is_(True))
        for model in session.scalars(chosen):
            features = model.versions[0].features if model.versions else []
            found[model.item_id or 0] = list(dict.fromkeys(feature.item_id for feature in features))
        below = {one for item_id in ahead for one in found.get(item_id, ())} - set(found)
        ahead = {one for one in below if catalogue.items[one].matter == "score"}
    return found


def _signed(session: Session, use_id: int, as_at: datetime | None) -> dict[str, Signed]:
    newest = select(func.max(SignOff.id)).where(SignOff.use_id == use_id).group_by(SignOff.finding)
    newest = newest.where(SignOff.at <= as_at) if as_at else newest
    rows = session.scalars(select(SignOff).where(SignOff.id.in_(newest), SignOff.accepted)).all()
    names = names_of(session, [row.by_id for row in rows]) if rows else {}
    return {row.finding: Signed(names[row.by_id], row.reason, london_date(row.at), row.expires_on) for row in rows}
