"""Reading whether a use's law still holds, what is about to end, and who has to look at it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.tasks import Task
from foundation.web.texts import count_text, date_text
from monitoring.cases.tables import Case
from monitoring.cases.values import CaseKind
from monitoring.footings.rules import find_agreement, find_ahead, find_feeding, find_way
from monitoring.footings.values import LOOK_AHEAD_DAYS, Ahead, AheadKind, Dependant, Linked, told_count
from registry.catalogue.queries import read_catalogue
from registry.catalogue.values import Catalogue
from registry.footing.queries import find_fallen
from registry.footing.tables import SignOff
from registry.models.queries import list_owned
from registry.models.resting import Reached, UseOn, list_feeds, list_uses_on, reach, use_columns, uses_under
from registry.models.tables import ModelVersion, RiskModel, Use

LIVE = ("approved", "suspended")
"""Stages of a use for which somebody should keep its law in order."""


def list_dependants(session: Session, use: Use) -> list[Dependant]:
    """The approved uses that take this use's model as an input, each with the data item over which, and the way.

    A data item made from the model's result counts as well, and so does every model in between, however many (R38).
    """
    model = use.version.model
    reached = _reached_from(session, model)
    found = [one for one in list_uses_on(session, reached) if one.stage_code == "approved" and one.id != use.id]
    uses = {one.id: one for one in session.scalars(select(Use).where(Use.id.in_([one.id for one in found])))}
    told = []
    for one in found:
        ways = [(find_way(reached, number), number) for number in one.items]
        way, number = min(ways, key=lambda each: (len(each[0]), each[1]))
        told.append(Dependant(uses[one.id], reached[number].item.title, (model.name, *way, one.model)))
    return told


def _reached_from(session: Session, model: RiskModel) -> dict[int, Reached]:
    return reach(read_catalogue(session), list_feeds(session), [model.item_id]) if model.item_id is not None else {}


def list_fed(session: Session, model: RiskModel) -> list[Linked]:
    """The other models with a live use that takes this model's result, over whichever models in between."""
    reached = _reached_from(session, model)
    found: dict[str, Linked] = {}
    for use in list_uses_on(session, reached) if reached else []:
        over = min((find_way(reached, number) for number in use.items), key=len)
        if use.slug != model.slug and use.stage_code in LIVE:
            found.setdefault(use.slug, Linked(use.slug, use.model, use.stage.title, over))
    return sorted(found.values(), key=lambda one: (len(one.over), one.name))


def list_feeding(session: Session, use: Use) -> list[Linked]:
    """The other models whose results a use's version takes, over other items and models too, the nearest first."""
    mine = {feature.item_id for feature in use.version.features}
    ways = find_feeding(read_catalogue(session), list_feeds(session), mine)
    models = session.scalars(select(RiskModel).where(RiskModel.slug.in_(ways)).order_by(RiskModel.name))
    found = [Linked(one.slug, one.name, one.stage.title, ways[one.slug]) for one in models]
    return sorted(
        (one for one in found if one.slug != use.version.model.slug), key=lambda one: (len(one.over), one.name)
    )


def tell_now(session: Session, case: Case, today: date) -> str:
    """How things stand today with what a case without a watch is about; a person still closes it."""
    if case.use is None or case.kind in (CaseKind.RECONCILE.value, CaseKind.PRACTICE.value):
        return ""
    if case.kind == CaseKind.LAW.value:
        fallen = find_fallen(session, case.use, today)
        if fallen:
            still = count_text(len(fallen), "thing still stands", "things still stand")
            return f"Today {still} against it, and it gives no scores."
        return "Today the law carries this use again. The case stays open until somebody closes it."
    told = "; ".join(f"{model.name} is {model.stage.lower()}" for model in list_feeding(session, case.use))
    return f"Today {told}." if told else "Today it takes no other model's result as an input."


def list_ahead(session: Session, today: date) -> list[Ahead]:
    """All law to look at within 60 days, with the approved and suspended uses that rest on it, soonest first."""
    catalogue = read_catalogue(session)
    found = _with_uses(session, catalogue, find_ahead(catalogue, today))
    found += [*_sign_offs(session, today), *_exemptions(session, today)]
    return sorted(found, key=lambda one: (one.on, one.title))


def _with_uses(session: Session, catalogue: Catalogue, found: Sequence[Ahead]) -> list[Ahead]:
    feeds = list_feeds(session) if found else []
    reached = [reach(catalogue, feeds, one.items) for one in found]
    every = {number for items in reached for number in items}
    uses = [use for use in list_uses_on(session, every) if use.stage_code in LIVE] if every else []
    return [
        replace(one, uses=tuple(_resting(catalogue, one, items, uses)))
        for one, items in zip(found, reached, strict=True)
    ]


def _resting(catalogue: Catalogue, ahead: Ahead, items: dict[int, Reached], uses: Iterable[UseOn]) -> list[UseOn]:
    resting = [use for use in uses if items.keys() & set(use.items)]
    agreement = find_agreement(ahead, catalogue)
    return uses_under(agreement, catalogue, items, resting) if agreement is not None else resting


def _sign_offs(session: Session, today: date) -> Iterator[Ahead]:
    """What lawyers accepted for uses that are live, when that lapses soon."""
    newest = select(func.max(SignOff.id)).group_by(SignOff.use_id, SignOff.finding)
    chosen = select(SignOff.expires_on, SignOff.sentence, *use_columns()).join(Use, Use.id == SignOff.use_id)
    chosen = chosen.join(Use.version).join(ModelVersion.model).where(SignOff.id.in_(newest), SignOff.accepted)
    chosen = chosen.where(SignOff.expires_on >= today, SignOff.expires_on <= today + timedelta(days=LOOK_AHEAD_DAYS))
    for on, accepted, *use in session.execute(chosen.where(Use.stage.in_(LIVE))):
        yield _about(AheadKind.SIGN_OFF, on, use, f"Accepted until {date_text(on)}: {accepted}")


def _exemptions(session: Session, today: date) -> Iterator[Ahead]:
    chosen = select(Use.particulars, *use_columns()).join(Use.version).join(ModelVersion.model)
    for particulars, *use in session.execute(chosen.where(Use.stage.in_(LIVE))):
        exemption = particulars.get("exemption")
        on = date.fromisoformat(str(exemption["review_on"])) if exemption else date.max
        if on <= today + timedelta(days=LOOK_AHEAD_DAYS):
            sentence = f"People are not told ({exemption['ground']}). To be reviewed by {date_text(on)}."
            yield _about(AheadKind.EXEMPTION, on, use, sentence)


def _about(kind: AheadKind, on: date, columns: Sequence[Any], sentence: str) -> Ahead:
    use = UseOn.of(columns)
    return Ahead(kind, on, use.title, sentence, "footing.show_use", (("use_id", use.id),), uses=(use,))


WATCHES_OVER = (
    (Permission.VERIFY_LAW, AheadKind.CHECK),
    (Permission.SIGN_OFF_LAW, AheadKind.SIGN_OFF),
    (Permission.SIGN_OFF_LAW, AheadKind.EXEMPTION),
    (Permission.KEEP_REGISTER, AheadKind.ENDS),
)
"""Who has to look at which law: lawyers and data protection officers, and whoever keeps the register."""


def list_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Law to look at: by kind for those who look after the law, by model for those who answer for one."""
    kinds = [kind for permission, kind in WATCHES_OVER if actor.may(permission)]
    owned = list_owned(session, actor.account_id) if actor.account_id and actor.may(Permission.REGISTER_MODEL) else []
    if not kinds and not owned:
        return []
    today = london_date(now)
    found = list_ahead(session, today)
    by_kind = [_kind_task(kind, [one for one in found if one.kind == kind], today) for kind in kinds]
    by_model = [_model_task(model, [one for one in found if _about_model(one, model)], today) for model in owned]
    return [task for task in (*by_kind, *by_model) if task is not None]


def _about_model(ahead: Ahead, model: RiskModel) -> bool:
    return any(use.slug == model.slug for use in ahead.uses)


def _kind_task(kind: AheadKind, found: Sequence[Ahead], today: date) -> Task | None:
    return _task(told_count(kind, len(found)), found, today, str(kind)) if found else None


def _model_task(model: RiskModel, found: Sequence[Ahead], today: date) -> Task | None:
    return _task(f"Look at the law that {model.name} rests on", found, today, "") if found else None


def _task(text: str, found: Sequence[Ahead], today: date, anchor: str) -> Task:
    late, more = any(one.overdue(today) for one in found), len(found) - 1
    hint = found[0].sentence + (f" And {more} more." if more else "")
    place = {"_anchor": anchor.replace("_", "-")} if anchor else {}
    tag, tone = ("Overdue", "bad") if late else ("Law to look at", "attention")
    return Task(text=text, endpoint="law.list_ahead", arguments=place, hint=hint, tag=tag, tone=tone)
