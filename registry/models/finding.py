"""Finding models: search, filters and order in one statement, so that hundreds of models cost what a few cost.

Three statements answer one page, whatever is asked: the register's state, the models of the page with how many there
are in all, and the data items these rest on. Uses and approvals are looked up for the page alone, and for every model
only when a filter or the order asks for them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from foundation.accounts.tables import Account
from registry.agencies.tables import Agency
from registry.catalogue.values import Catalogue
from registry.items.tables import DataItem
from registry.models.listing import ELSEWHERE, NAMED, Line, Search
from registry.models.past import stage_at, stood_at
from registry.models.tables import Approval, Feature, ModelVersion, RiskModel, Use
from registry.models.values import STAGE_ORDER, PermissionStage, PilotTerms, extent_text

PAGE = 50


@dataclass(frozen=True)
class Found:
    """The lines of one page, and how many models fit in all."""

    lines: list[Line]
    count: int


@dataclass(frozen=True)
class _Parts:
    """The expressions that filters and orders are made of, at one moment."""

    version: Any
    newest: ColumnElement[int]
    rank: ColumnElement[int]
    review_on: ColumnElement[date]
    furthest: ColumnElement[int]
    held: ColumnElement[bool]
    status: ColumnElement[str]

    @property
    def words(self) -> ColumnElement[str]:
        return (
            RiskModel.name
            + " "
            + RiskModel.summary
            + " "
            + func.coalesce(Account.name, "")
            + " "
            + func.coalesce(Agency.name, "")
        )


def find_models(
    session: Session,
    catalogue: Catalogue,
    search: Search,
    *,
    today: date,
    moment: datetime | None = None,
    start: int = 0,
    count: int | None = PAGE,
) -> Found:
    """The models that fit a search, one page of them or (without `count`) all, now or as at a moment (R14, R50).

    `today` is the day from which reviews are counted; the catalogue is read as at the same moment.
    """
    parts = _parts(moment)
    order = (*_order(parts, search.sort), RiskModel.name, RiskModel.id)
    fitting = _joined(select(RiskModel.id, func.count().over().label("total")), parts)
    fitting = fitting.where(*_conditions(parts, catalogue, search, today))
    if moment is not None:
        fitting = fitting.where(_known_at(session, catalogue, moment))
    page = fitting.order_by(*order).offset(start).limit(count).subquery()
    chosen = _joined(_columns(parts, page).join(page, page.c.id == RiskModel.id), parts)
    chosen = chosen.outerjoin(Approval, Approval.id == parts.furthest)
    rows = session.execute(chosen.order_by(*order)).all()
    items, names = _items_of(session, rows), _Names.of(catalogue)
    return Found([_line(row, names, items) for row in rows], rows[0].total if rows else 0)


def list_model_owners(session: Session) -> list[tuple[str, str]]:
    """Sign-in names and names of the people who own a model, by name."""
    owning = select(RiskModel.owner_id).where(RiskModel.held)
    chosen = select(Account.sign_in_name, Account.name).where(Account.id.in_(owning)).order_by(Account.name)
    return list(session.execute(chosen).tuples())


def _parts(moment: datetime | None) -> _Parts:
    """What is said of a model: its newest version, the rank of its most pressing stage, its earliest review."""
    version, stage = aliased(ModelVersion), stage_at(moment)
    rank = case({code: place for place, code in enumerate(STAGE_ORDER)}, value=stage)
    running = and_(stood_at(moment), stage.in_(("approved", "suspended")))
    granted = (
        select(Approval.id).join(Approval.use).join(Use.version).order_by(RUNG.desc(), Approval.id.desc()).limit(1)
    )
    held = RiskModel.held.expression if moment is None else and_(RiskModel.held, version.id.is_not(None))
    return _Parts(
        version=version,
        newest=_own(select(func.max(ModelVersion.number)), moment),
        rank=_own(select(func.min(rank)).join(Use.version), moment),
        review_on=_own(select(func.min(Approval.expires_on)).join(Approval.use).join(Use.version), moment, running),
        furthest=_own(granted, moment, stood_at(moment), stage == "approved"),
        held=held,
        status=RiskModel.known["status"].as_string(),
    )


RUNG = case({stage.value: stage.rung for stage in PermissionStage}, value=Approval.permission)
"""How far an approval goes, as a number."""


def _own(chosen: Select[Any], moment: datetime | None, *conditions: ColumnElement[bool]) -> Any:
    """One value of a model, from its versions at a moment."""
    chosen = chosen.where(ModelVersion.model_id == RiskModel.id, *conditions)
    chosen = chosen.where(ModelVersion.registered_at <= moment) if moment else chosen
    return chosen.correlate(RiskModel).scalar_subquery()


def _columns(parts: _Parts, page: Any) -> Any:
    return select(
        *(RiskModel.slug, RiskModel.name, RiskModel.summary, RiskModel.item_id, RiskModel.agency_code),
        parts.held.label("held"),
        parts.status.label("status"),
        Account.name.label("owner"),
        parts.rank.label("rank"),
        parts.review_on.label("review_on"),
        *(Approval.permission, Approval.terms, Approval.expires_on),
        parts.version.id.label("version_id"),
        parts.version.kind,
        page.c.total,
    )


def _joined(chosen: Any, parts: _Parts) -> Any:
    version = parts.version
    return (
        chosen.outerjoin(version, and_(version.model_id == RiskModel.id, version.number == parts.newest))
        .outerjoin(Account, and_(Account.id == RiskModel.owner_id, parts.held))
        .outerjoin(Agency, and_(Agency.code == RiskModel.agency_code, parts.held))
    )


def _conditions(parts: _Parts, catalogue: Catalogue, search: Search, today: date) -> Iterable[ColumnElement[bool]]:
    for word in search.text.split():
        yield parts.words.icontains(word, autoescape=True)
    if search.owner:
        yield Account.sign_in_name == search.owner
    if search.agency:
        yield Agency.code == search.agency
    if search.kind:
        yield parts.version.kind == search.kind
    if search.stage:
        yield _at_stage(parts, search.stage)
    if search.held:
        yield _is_held(parts, search.held)
    if search.review:
        yield _is_due(parts, search.review, today)
    if search.gateway:
        number = int(search.gateway) if search.gateway.isdecimal() else 0
        yield _rests_on(parts, [item.id for item in catalogue.items_citing(number)])
    if search.item:
        yield _rests_on(parts, _wanted_items(catalogue, search.item))


def _at_stage(parts: _Parts, code: str) -> ColumnElement[bool]:
    if code == NAMED:
        return and_(~parts.held, parts.status.is_(None))
    if code.startswith(ELSEWHERE):
        return and_(~parts.held, parts.status == code.removeprefix(ELSEWHERE))
    return and_(parts.held, parts.rank == _rank(code))


def _rank(code: str) -> int:
    return STAGE_ORDER.index(code) if code in STAGE_ORDER else len(STAGE_ORDER)


def _is_held(parts: _Parts, where: str) -> ColumnElement[bool]:
    ended = parts.status.in_(("retired", "refused"))
    ranks = [_rank("retired"), _rank("rejected")]
    known = {
        "yes": parts.held,
        "no": ~parts.held,
        "elsewhere": and_(~parts.held, parts.status.is_not(None)),
        "named": and_(~parts.held, parts.status.is_(None)),
        "retired": or_(and_(parts.held, parts.rank.in_(ranks)), and_(~parts.held, ended)),
    }
    return known.get(where, false())


def _is_due(parts: _Parts, when: str, today: date) -> ColumnElement[bool]:
    review_on = parts.review_on
    if when == "overdue":
        return review_on < today
    days = int(when) if when.isdecimal() and len(when) < 5 else 0
    return review_on.between(today, today + timedelta(days=days)) if days else false()


def _wanted_items(catalogue: Catalogue, typed: str) -> list[int]:
    if typed.isdecimal():
        return [int(typed)] if int(typed) in catalogue.items else []
    words = typed.lower().split()
    return [item.id for item in catalogue.listed_items if all(word in item.title.lower() for word in words)]


def _rests_on(parts: _Parts, item_ids: Sequence[int]) -> ColumnElement[bool]:
    """Whether the newest version has an input from one of the items, or the model is one of them and not held."""
    wanted = select(select(DataItem.id).where(DataItem.id.in_(item_ids)).cte().c.id)  # hundreds of numbers, sent once
    used = select(Feature.version_id).where(Feature.item_id.in_(wanted))
    return or_(parts.version.id.in_(used), and_(~parts.held, RiskModel.item_id.in_(wanted)))


def _known_at(session: Session, catalogue: Catalogue, moment: datetime) -> ColumnElement[bool]:
    """Whether a model was known by then: entered by then, or named by a data item of that day and registered since."""
    since = select(RiskModel.id, RiskModel.item_id).where(RiskModel.registered_at > moment)
    rows = session.execute(since.where(RiskModel.item_id.is_not(None))).tuples()
    named = [model_id for model_id, item_id in rows if item_id in catalogue.items]
    return or_(RiskModel.registered_at <= moment, RiskModel.id.in_(named))


def _order(parts: _Parts, sort: str) -> Iterable[Any]:
    orders: dict[str, tuple[Any, ...]] = {
        "name": (),
        "stage": (parts.held.desc(), parts.rank),
        "review": (parts.review_on.is_(None), parts.review_on),
    }
    return orders.get(sort, (parts.held.desc(),))


def _items_of(session: Session, rows: Sequence[Row[Any]]) -> dict[int, list[int]]:
    """The data items of the newest versions on the page, by version."""
    versions = [row.version_id for row in rows if row.version_id is not None]
    chosen = select(Feature.version_id, Feature.item_id).where(Feature.version_id.in_(versions)).distinct()
    found: dict[int, list[int]] = {}
    for version_id, item_id in session.execute(chosen).tuples():
        found.setdefault(version_id, []).append(item_id)
    return found


@dataclass(frozen=True)
class _Names:
    """What the lines of a page name again and again, put into words once."""

    catalogue: Catalogue
    gateways: dict[int, str]
    sources: dict[str, str]

    @classmethod
    def of(cls, catalogue: Catalogue) -> "_Names":
        gateways = {number: entry.title for number, entry in catalogue.gateways.items()}
        codes = [*catalogue.agencies, *catalogue.systems]
        return cls(catalogue, gateways, {code: catalogue.source_name(code) for code in codes})


def _line(row: Row[Any], names: _Names, items_of: dict[int, list[int]]) -> Line:
    known = names.catalogue
    items = [known.items[number] for number in _numbers(row, items_of) if number in known.items]
    gateways = sorted({number for item in items for number in item.gateways if number in known.gateways})
    agency = known.agencies.get(row.agency_code) if row.held else None
    return Line(
        slug=row.slug,
        name=row.name,
        held=bool(row.held),
        stage_code=_stage_code(row),
        kind=(row.kind or "") if row.held else "",
        summary=row.summary,
        owner=row.owner or "",
        agency_code=agency.code if agency else "",
        agency=agency.name if agency else "",
        review_on=row.review_on if row.held else None,
        permission=row.permission or "",
        extent=_extent(row),
        sources=tuple(sorted({names.sources[code] for item in items for code in item.sources})),
        gateways=tuple(names.gateways[number] for number in gateways),
        unverified=sum(not known.gateways[number].verified for number in gateways),
    )


def _extent(row: Row[Any]) -> str:
    if not row.permission:
        return ""
    pilot = PilotTerms.from_dict(row.terms) if row.terms else None
    return extent_text(PermissionStage(row.permission), pilot, row.expires_on)


def _numbers(row: Row[Any], items_of: dict[int, list[int]]) -> Sequence[int]:
    return items_of.get(row.version_id, []) if row.held else [row.item_id]


def _stage_code(row: Row[Any]) -> str:
    if not row.held:
        return f"{ELSEWHERE}{row.status}" if row.status else NAMED
    return STAGE_ORDER[row.rank] if row.rank is not None else STAGE_ORDER[-1]
