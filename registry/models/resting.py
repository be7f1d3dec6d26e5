"""What rests on a data item: other items, models that take them as inputs, and the uses of those models (R16, R38)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from foundation.lifecycle.values import Stage
from registry.agreements.values import AgreementEntry
from registry.catalogue.values import Catalogue
from registry.items.values import ItemEntry
from registry.models.past import stage_at
from registry.models.tables import Approval, Feature, ModelVersion, RiskModel, Use
from registry.models.values import STAGE_ORDER, USE_LIFE


@dataclass(frozen=True)
class Feed:
    """A model whose result is itself a data item: `item_id` is that item, `inputs` the items it takes."""

    slug: str
    name: str
    item_id: int
    inputs: frozenset[int]


@dataclass(frozen=True)
class Reached:
    """A data item that something rests on: `over` is the item before it, `model` the one whose result it is."""

    item: ItemEntry
    over: ItemEntry | None = None
    model: Feed | None = None


@dataclass(frozen=True)
class Granted:
    """An approval at a moment; `expires_on` is its last day."""

    id: int
    granted_at: datetime
    expires_on: date
    ended_at: datetime | None
    granted_by_id: int

    def stands(self, day: date) -> bool:
        """Whether it carries scores on a day, as far as the approval itself says."""
        return self.ended_at is None and day <= self.expires_on


NAMES = ("id", "slug", "model", "version", "code", "edition", "purpose", "agency_code", "stage_code")
"""The fields of `UseOn` that one row gives."""


@dataclass(frozen=True)
class UseOn:
    """A use whose version takes some data items as inputs, as it stood at a moment. `approvals` are newest first."""

    id: int
    slug: str
    model: str
    version: int
    code: str
    edition: int
    purpose: str
    agency_code: str
    stage_code: str
    items: tuple[int, ...]
    approvals: tuple[Granted, ...]

    @classmethod
    def of(cls, columns: Sequence[Any], items: Collection[int] = (), approvals: Sequence[Granted] = ()) -> "UseOn":
        """A use from what `use_columns` selected."""
        named = dict(zip(NAMES, columns, strict=True))
        return cls(**named, items=tuple(sorted(items)), approvals=tuple(approvals))

    @property
    def stage(self) -> Stage:
        """The stage in words."""
        return USE_LIFE.stages[self.stage_code]

    @property
    def title(self) -> str:
        """The use in a line."""
        return f"{self.model}, version {self.version}, for {self.purpose[:1].lower()}{self.purpose[1:]}"

    @property
    def granted(self) -> Granted | None:
        """The approval that was not ended, or none."""
        return next((one for one in self.approvals if one.ended_at is None), None)


def list_feeds(session: Session, as_at: datetime | None = None) -> list[Feed]:
    """The models whose results are data items, with what goes into their newest version; of those elsewhere nothing."""
    chosen = select(RiskModel.slug, RiskModel.name, RiskModel.item_id, ModelVersion.number, Feature.item_id)
    chosen = chosen.outerjoin(ModelVersion, ModelVersion.model_id == RiskModel.id)
    chosen = chosen.outerjoin(Feature, Feature.version_id == ModelVersion.id)
    chosen = chosen.where(RiskModel.item_id.is_not(None)).order_by(RiskModel.name)
    if as_at is not None:
        chosen = chosen.where(or_(ModelVersion.id.is_(None), ModelVersion.registered_at <= as_at))
    inputs: dict[tuple[Any, ...], dict[int, set[int]]] = {}
    for slug, name, item_id, version, taken in session.execute(chosen):
        found = inputs.setdefault((slug, name, item_id), {}).setdefault(version or 0, set())
        found |= {taken} if taken is not None else set()
    return [
        Feed(slug, name, item_id, frozenset(versions[max(versions)]))
        for (slug, name, item_id), versions in inputs.items()
    ]


def makers_of(feeds: Iterable[Feed]) -> dict[int, frozenset[int]]:
    """For each item that is a model's result, the items that go into the model."""
    return {feed.item_id: feed.inputs for feed in feeds}


def reach(catalogue: Catalogue, feeds: Iterable[Feed], start: Iterable[int]) -> dict[int, Reached]:
    """The items of `start` and every item made from them, directly or over others and other models' results."""
    made = _made_from(catalogue, feeds)
    found = {number: Reached(catalogue.items[number]) for number in start if number in catalogue.items}
    ahead = list(found)
    while ahead:
        number = ahead.pop(0)
        for made_id, model in made.get(number, ()):
            if made_id not in found and made_id in catalogue.items:
                found[made_id] = Reached(catalogue.items[made_id], catalogue.items[number], model)
                ahead.append(made_id)
    return found


def _made_from(catalogue: Catalogue, feeds: Iterable[Feed]) -> Mapping[int, list[tuple[int, Feed | None]]]:
    made: dict[int, list[tuple[int, Feed | None]]] = {}
    for feed in feeds:
        for number in feed.inputs:
            made.setdefault(number, []).append((feed.item_id, feed))
    for item in catalogue.items.values():
        for number in item.made_from:
            made.setdefault(number, []).append((item.id, None))
    return made


def list_uses_on(session: Session, item_ids: Collection[int], as_at: datetime | None = None) -> list[UseOn]:
    """The uses of versions that take any of these items as inputs, now or at a moment; the most pressing stage first.

    It costs two statements however many uses there are.
    """
    stage = stage_at(as_at)
    chosen = select(*use_columns(stage), Feature.item_id).join(Use.version).join(ModelVersion.model)
    chosen = chosen.join(Feature, Feature.version_id == ModelVersion.id)
    chosen = chosen.where(Feature.item_id.in_(item_ids), stage.is_not(None))
    taken: dict[tuple[Any, ...], set[int]] = {}
    for *about, item_id in session.execute(chosen):
        taken.setdefault(tuple(about), set()).add(item_id)
    approvals = _approvals(session, [about[0] for about in taken], as_at)
    found = [UseOn.of(about, items, approvals.get(about[0], ())) for about, items in taken.items()]
    return sorted(found, key=lambda use: (_place(use.stage_code), use.model, -use.version, use.id))


def use_columns(stage: ColumnElement[str] | None = None) -> tuple[Any, ...]:
    """The columns of a use, its version and its model that `UseOn.of` takes; `stage` for one as at a moment."""
    return (
        *(Use.id, RiskModel.slug, RiskModel.name, ModelVersion.number, Use.code, Use.edition, Use.purpose),
        *(Use.agency_code, Use.stage if stage is None else stage),
    )


def _place(stage: str) -> int:
    return STAGE_ORDER.index(stage) if stage in STAGE_ORDER else len(STAGE_ORDER)


def _approvals(session: Session, use_ids: Collection[int], as_at: datetime | None) -> dict[int, list[Granted]]:
    columns = (Approval.id, Approval.granted_at, Approval.expires_on, Approval.ended_at, Approval.granted_by_id)
    chosen = select(Approval.use_id, *columns).where(Approval.use_id.in_(use_ids)).order_by(Approval.id.desc())
    chosen = chosen.where(Approval.granted_at <= as_at) if as_at is not None else chosen
    found: dict[int, list[Granted]] = {}
    for use_id, number, granted_at, expires_on, ended_at, by_id in session.execute(chosen):
        later = as_at is not None and ended_at is not None and ended_at > as_at
        granted = Granted(number, granted_at, expires_on, None if later else ended_at, by_id)
        found.setdefault(use_id, []).append(granted)
    return found


def uses_under(
    agreement: AgreementEntry, catalogue: Catalogue, reached: Mapping[int, Reached], uses: Iterable[UseOn]
) -> list[UseOn]:
    """Those uses whose agency gets one of an agreement's items from another party, directly or over another item."""

    def shared(item_id: int, agency: str) -> bool:
        found = reached.get(item_id)
        if found is None or found.over is not None:
            return found is not None
        suppliers = (one.code for one in catalogue.suppliers(found.item))
        return any(agreement.covers(item_id, code, agency) for code in suppliers if code != agency)

    return [use for use in uses if any(shared(item_id, use.agency_code) for item_id in use.items)]
