"""Reading what rests on something, from the register and from the scores that were given (R16, R38)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from algocare.lineage.values import Resting
from foundation.accounts.queries import names_of
from model_runtime.scores.tables import Score
from registry.agreements.values import AgreementEntry
from registry.catalogue.queries import read_catalogue
from registry.catalogue.values import Catalogue
from registry.models.lineage import Lineage
from registry.models.resting import UseOn, list_feeds, list_uses_on, makers_of, reach, uses_under
from registry.models.tables import ModelVersion, RiskModel


def read_resting(
    session: Session,
    catalogue: Catalogue,
    title: str,
    start: Iterable[int],
    day: date,
    *,
    agreement: AgreementEntry | None = None,
) -> Resting:
    """What rests on some data items, over other models too; with an agreement only where it is what is relied on."""
    as_at = catalogue.as_at
    items = reach(catalogue, list_feeds(session, as_at), start)
    uses: Iterable[UseOn] = list_uses_on(session, items, as_at) if items else []
    chosen = list(uses if agreement is None else uses_under(agreement, catalogue, items, uses))
    approvals = [granted for use in chosen for granted in use.approvals]
    return Resting(
        title=title,
        day=day,
        items=items,
        uses=chosen,
        scores=count_scores_by_approval(session, [use.id for use in chosen], as_at),
        names=names_of(session, [granted.granted_by_id for granted in approvals]),
    )


def count_scores_by_approval(
    session: Session, use_ids: Collection[int], as_at: datetime | None = None
) -> dict[int, int]:
    """How many scores were given under each approval of some uses, up to a moment (R43)."""
    chosen = select(Score.approval_id, func.count(Score.id)).where(Score.use_id.in_(use_ids))
    chosen = chosen.where(Score.at <= as_at) if as_at is not None else chosen
    return dict(session.execute(chosen.group_by(Score.approval_id)).tuples().all())


def lineage_of(session: Session, version: ModelVersion, day: date, as_at: datetime | None = None) -> Lineage:
    """Where a version's inputs come from, down to the law, now or as at a moment."""
    return Lineage(
        features=tuple(version.features),
        catalogue=read_catalogue(session, as_at),
        day=day,
        users=frozenset(use.agency_code for use in version.uses),
        makers=makers_of(list_feeds(session, as_at)),
    )


def lineage_elsewhere(session: Session, model: RiskModel, day: date, as_at: datetime | None = None) -> Lineage:
    """What the register knows of a model that is not held here: the data item that its result is."""
    results = (model.item_id,) if model.item_id else ()
    return Lineage((), read_catalogue(session, as_at), day, results=results)
