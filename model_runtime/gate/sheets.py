"""What is written once about a use: read whole, and kept in memory under the digest of the very rows it was read from.

Reading forty features, a declaration and an approval into objects takes longer than everything else at the gate. So at
every score the rows are read as plain text and hashed; only when that digest was never seen are they read into objects.
A row that somebody changed behind the product's back has another digest, and is looked at afresh (R03, R24). Nothing
that can change in the product is kept: whoever asks a kept use for its stage or its approvals gets an error.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, NamedTuple

from sqlalchemy import JSON, ColumnElement, Connection, Select, Table, Text, bindparam, cast, select
from sqlalchemy.orm import Session, defer, joinedload, raiseload

from foundation.accounts.tables import Account
from foundation.ledger.values import content_digest
from registry.declarations.uses import PARTICULARS
from registry.evaluations.tables import Evaluation
from registry.evaluations.values import Figures
from registry.models.rules import as_entered, fingerprint
from registry.models.tables import Approval, ApprovalFooting, Band, Feature, ModelVersion, RiskModel, Use
from registry.models.values import PermissionStage

KEPT = 64
"""How many things of each kind stay in memory."""


class Kept:
    """The last few values of one kind, each by what it was read from; safe for threads."""

    def __init__(self, most: int = KEPT) -> None:
        self._lock, self._values, self._most = Lock(), OrderedDict[Hashable, Any](), most

    def find(self, key: Hashable) -> Any:
        """The value under a key, or none."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def keep(self, key: Hashable, value: Any) -> None:
        """Keep a value; the one that was not asked for longest goes."""
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)


class Input(NamedTuple):
    """A declared input as plain values: each is looked at several times for every score."""

    name: str
    meaning: str
    sentence: str
    sentence_no: str
    type: str
    low: float | None
    high: float | None
    unit: str
    categories: Any
    about: str
    protected: str | None


@dataclass(frozen=True)
class Sheet:
    """A use with its version, features, bands and model, detached from the database, and the digest of their rows.

    `as_declared` says whether the rows still say what the declared text says; `inputs` are the version's features.
    """

    digest: str
    use: Use
    as_declared: bool
    inputs: tuple[Input, ...] = ()
    fingerprints: dict[tuple[str, ...], str] = field(default_factory=dict)

    def fingerprint(self, approval: Approval | None) -> str:
        """What an approval of this use would be bound to now, how far it goes included."""
        if approval is None:
            return fingerprint(self.use)
        key = approval.answers_sha256, approval.permission, repr(approval.terms)
        if key not in self.fingerprints:
            self.fingerprints[key] = fingerprint(self.use, *key[:2], approval.terms)
        return self.fingerprints[key]


_sheets, _approvals, _figures = Kept(), Kept(), Kept()


def read_sheet(session: Session, use_id: int, *, lock: bool = False) -> tuple[Sheet, str] | None:
    """A use and the stage it is at; `lock` holds its row, so that a suspension either came before or waits."""
    connection = session.connection()
    row = connection.execute(HELD_USE_ROW if lock else USE_ROW, {"use": use_id}).first()
    if row is None:
        return None
    key = _digest_of(connection, row)
    sheet: Sheet | None = _sheets.find(key)
    if sheet is None:
        sheet = _make_sheet(session, use_id, key)
        again = connection.execute(USE_ROW, {"use": use_id}).first()
        if again is not None and _digest_of(connection, again) == key:  # nobody changed a row while it was read
            _sheets.keep(key, sheet)
    return sheet, row.stage


def read_standing(session: Session, use_id: int, *, lock: bool = False) -> Approval | None:
    """The newest approval of a use that was not ended; `lock` holds its row until the transaction ends.

    The row of a pilot is held alone: its places are counted, and nobody else may take one meanwhile (R08).
    """
    connection, asked = session.connection(), {"use": use_id}
    row = connection.execute(STANDING_ROW, asked).first()
    if row is not None and lock and connection.dialect.name != "sqlite":  # which has one writer at a time
        alone = row.permission == PermissionStage.PILOT
        row = connection.execute(LONE_ROW if alone else SHARED_ROW, asked).first()
    if row is None:
        return None
    key = _digest(tuple(row))
    approval: Approval | None = _approvals.find(key)
    if approval is None:
        approval = _detached(session, _approval_whole(row.id))
        again = connection.execute(SAME_ROW, {"approval": row.id}).first()
        if again is not None and _digest(tuple(again)) == key:
            _approvals.keep(key, approval)
    return approval


def read_figures(session: Session, version_id: int) -> tuple[Figures, str] | None:
    """The newest figures of a version, and the artefact that they are of."""
    row = session.connection().execute(FIGURES_ROW, {"version": version_id}).first()
    if row is None:
        return None
    key = _digest(row.figures)
    figures: Figures | None = _figures.find(key)
    if figures is None:
        figures = Figures.from_dict(json.loads(row.figures))
        _figures.keep(key, figures)
    return figures, row.artefact_sha256


def _plain(table: Table, *but: str) -> list[ColumnElement[Any]]:
    """The columns of a table as they are stored: no JSON is taken apart."""
    columns = [column for column in table.columns if column.name not in but]
    return [cast(column, Text) if isinstance(column.type, JSON) else column for column in columns]


def _table(mapped: Any) -> Table:
    found: Table = mapped.__table__
    return found


_use, _version, _model, _owner = (_table(mapped) for mapped in (Use, ModelVersion, RiskModel, Account))
_approval, _footing, _evaluation = (_table(mapped) for mapped in (Approval, ApprovalFooting, Evaluation))

USE_ROW = (
    select(
        _use.c.stage,
        _use.c.version_id,
        _owner.c.name.label("owner"),
        *(one.label(f"use_{n}") for n, one in enumerate(_plain(_use, "stage"))),
        *(one.label(f"version_{n}") for n, one in enumerate(_plain(_version))),
        *(one.label(f"model_{n}") for n, one in enumerate(_plain(_model))),
    )
    .join(_version, _version.c.id == _use.c.version_id)
    .join(_model, _model.c.id == _version.c.model_id)
    .outerjoin(_owner, _owner.c.id == _model.c.owner_id)
    .where(_use.c.id == bindparam("use"))
)
HELD_USE_ROW = USE_ROW.with_for_update(read=True, of=_use)
FEATURE_ROWS, BAND_ROWS = (
    select(*_plain(table)).where(table.c.version_id == bindparam("version")).order_by(table.c.id)
    for table in (_table(Feature), _table(Band))
)
APPROVAL_ROW = (
    select(
        _approval.c.id,
        _approval.c.permission,
        *(one.label(f"approval_{n}") for n, one in enumerate(_plain(_approval))),
        *(one.label(f"footing_{n}") for n, one in enumerate(_plain(_footing))),
    )
    .select_from(_approval)
    .outerjoin(_footing, _footing.c.approval_id == _approval.c.id)
)
STANDING_ROW = (
    APPROVAL_ROW.where(_approval.c.use_id == bindparam("use"), _approval.c.ended_at.is_(None))
    .order_by(_approval.c.id.desc())
    .limit(1)
)
SHARED_ROW = STANDING_ROW.with_for_update(read=True, of=_approval)
LONE_ROW = STANDING_ROW.with_for_update(key_share=True, of=_approval)
SAME_ROW = APPROVAL_ROW.where(_approval.c.id == bindparam("approval"))
FIGURES_ROW = (
    select(_evaluation.c.id, _evaluation.c.artefact_sha256, cast(_evaluation.c.figures, Text).label("figures"))
    .where(_evaluation.c.version_id == bindparam("version"))
    .order_by(_evaluation.c.id.desc())
    .limit(1)
)


def _digest_of(connection: Connection, row: Any) -> str:
    version = {"version": row.version_id}
    parts = [connection.execute(rows, version).all() for rows in (FEATURE_ROWS, BAND_ROWS)]
    return _digest((tuple(row)[1:], *(tuple(map(tuple, part)) for part in parts)))


def _digest(value: Any) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()


def _make_sheet(session: Session, use_id: int, key: str) -> Sheet:
    use = _detached(session, _use_whole(use_id))
    inputs = tuple(Input(*(getattr(one, name) for name in Input._fields)) for one in use.version.features)
    return Sheet(key, use, is_as_declared(use.version, use), inputs)


def _detached(session: Session, whole: Select[Any]) -> Any:
    """One object with all that was asked for, read in a session of its own inside the same transaction."""
    bind = session.connection()
    with Session(bind=bind, join_transaction_mode="rollback_only") as apart:
        found = apart.scalars(whole).one()
        apart.expunge_all()
    return found


def _use_whole(use_id: int) -> Select[Any]:
    version = joinedload(Use.version)
    model = version.joinedload(ModelVersion.model)
    return (
        select(Use)
        .where(Use.id == use_id)
        .options(
            defer(Use.stage, raiseload=True),
            raiseload(Use.approvals),
            version.raiseload(ModelVersion.uses),
            version.selectinload(ModelVersion.features).raiseload(Feature.item),
            version.selectinload(ModelVersion.bands),
            model.joinedload(RiskModel.owner),
            model.raiseload(RiskModel.deputy),
            model.raiseload(RiskModel.item),
            model.raiseload(RiskModel.versions),
        )
    )


def _approval_whole(approval_id: int) -> Select[Any]:
    footing = joinedload(Approval.footing)
    return select(Approval).where(Approval.id == approval_id).options(footing, raiseload(Approval.use))


def is_as_declared(version: ModelVersion, use: Use) -> bool:
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
        and [_said_of(feature) for feature in version.features] == [_declared(feature) for feature in part["features"]]
        and (_says(use, declared) if use.edition == 1 else as_entered(use))
    )


def _says(use: Use, declared: Mapping[str, Any]) -> bool:
    said: Mapping[str, Any] = next((one for one in declared["uses"] if one["code"] == use.code), {})
    texts = all(getattr(use, name) == said.get(name) for name in USE_TEXTS)
    return texts and all(use.particulars.get(name) == said.get(name) for name in PARTICULARS)


USE_TEXTS = ("purpose", "audience", "decision", "regime", "significant", "excluded_decisions")
FEATURE_TEXTS = ("name", "meaning", "sentence", "sentence_no", "type", "unit", "categories", "about", "protected")


def _said_of(feature: Feature) -> list[Any]:
    return [getattr(feature, name) for name in FEATURE_TEXTS] + [feature.low, feature.high]


def _declared(part: Mapping[str, Any]) -> list[Any]:
    return [part[name] for name in FEATURE_TEXTS] + list(part["range"] or (None, None))
