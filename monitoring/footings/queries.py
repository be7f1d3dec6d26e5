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
from monitoring.footings.rules import find_agreement, find_ahead
from monitoring.footings.values import LOOK_AHEAD_DAYS, Ahead, AheadKind, told_count
from registry.catalogue.queries import read_catalogue
from registry.catalogue.values import Catalogue
from registry.footing.queries import find_fallen
from registry.footing.tables import SignOff
from registry.models.queries import list_owned
from registry.models.resting import Reached, UseOn, list_feeds, list_uses_on, reach, use_columns, uses_under
from registry.models.tables import ModelVersion, RiskModel, Use

LIVE = ("approved", "suspended")
"""Stages of a use for which somebody should keep its law in order."""


def list_dependants(session: Session, use: Use) -> list[tuple[Use, str]]:
    """The approved uses of other models that take this use's model as an input, each with the data item over which.

    A data item made from the model's result counts as well, and so does another model in between (R38).
    """
    item_id = use.version.model.item_id
    if item_id is None:
        return []
    reached = reach(read_catalogue(session), list_feeds(session), [item_id])
    found = [one for one in list_uses_on(session, reached) if one.stage_code == "approved" and one.id != use.id]
    uses = {one.id: one for one in session.scalars(select(Use).where(Use.id.in_([one.id for one in found])))}
    return [(uses[one.id], reached[one.items[0]].item.title) for one in found]


def tell_now(session: Session, case: Case, today: date) -> str:
    """How things stand today with what a case without a watch is about; a person still closes it."""
    if case.kind == CaseKind.LAW.value:
        fallen = find_fallen(session, case.use, today)
        if fallen:
            still = count_text(len(fallen), "thing still stands", "things still stand")
            return f"Today {still} against it, and it gives no scores."
        return "Today the law carries this use again. The case stays open until somebody closes it."
    feeding = _feeding(session, case.use)
    told = "; ".join(f"{model.name} is {model.stage.title.lower()}" for model in feeding)
    return f"Today {told}." if told else "Today it takes no other model's result as an input."


def _feeding(session: Session, use: Use) -> Sequence[RiskModel]:
    """The models whose results a use's version takes, over other items and models too."""
    catalogue, mine = read_catalogue(session), {feature.item_id for feature in use.version.features}
    feeds = list_feeds(session)
    slugs = [feed.slug for feed in feeds if mine & reach(catalogue, feeds, [feed.item_id]).keys()]
    return session.scalars(select(RiskModel).where(RiskModel.slug.in_(slugs)).order_by(RiskModel.name)).all()


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
