"""A register as large as a big partnership's, written in bulk: thousands of data items, hundreds of models.

The rows are what the product's own services would have written, except that the digests of the register's states are
made up: writing twenty thousand revisions one by one would take longer than everything that is measured.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from foundation.accounts.queries import find_account
from foundation.database.connection import Database
from foundation.files.service import store
from foundation.ledger.values import content_digest, digest
from foundation.lifecycle.tables import StageChange
from foundation.paths import ROOT
from registry.catalogue.queries import read_catalogue
from registry.catalogue.tables import RegisterState, Revision
from registry.catalogue.values import Change, Thing
from registry.declarations.reading import parse
from registry.declarations.values import read_declaration
from registry.items.tables import DataItem
from registry.items.values import ItemEntry
from registry.models.rules import use_digest
from registry.models.tables import Approval, Band, Feature, ModelVersion, RiskModel, Use

ITEMS, MODELS, HISTORY, INPUTS = 5000, 500, 20_000, 10
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
DECLARED = ROOT / "algocare" / "demo" / "return_to_custody" / "model.yaml"


def fill(database: Database) -> None:
    """Add data items, their history and models to a founded database, up to the size that is measured."""
    with database.write() as session:
        owner = find_account(session, "olivia.owner")
        assert owner is not None
        items = _items(session)
        _keep_history(session, items, owner.id)
        session.flush()
        write_models(session, [item.id for item in items], MODELS)


def write_models(session: Session, item_ids: list[int], count: int) -> None:
    """Models of one version with ten inputs and one use each; every second one approved."""
    owner, deputy = find_account(session, "olivia.owner"), find_account(session, "dev.deputy")
    chair = find_account(session, "cara.chair")
    assert owner is not None
    assert deputy is not None
    assert chair is not None
    artefact = store(session, b"bench", "application/zip", START)
    declared = read_declaration(parse(DECLARED.read_bytes(), DECLARED.name), DECLARED.name).to_dict()
    for number in range(count):
        inputs = [item_ids[(number * INPUTS + place) % len(item_ids)] for place in range(INPUTS)]
        model = _model(number, declared, artefact, inputs, owner.id, deputy.id)
        session.add(model)
        session.flush()
        if number % 2:
            _approve(session, model.versions[0].uses[0], chair.id, number)


def _items(session: Session) -> list[ItemEntry]:
    known = read_catalogue(session)
    first = max(known.items) + 1
    agencies, gateways = sorted(known.agencies), sorted(known.gateways)
    entries = [
        ItemEntry(
            id=first + n,
            group=f"Group {n % 60:02}",
            name=f"Data item {n:04}",
            sources=(agencies[n % len(agencies)],),
            gateways=tuple({gateways[n % len(gateways)], gateways[(n + 3) % len(gateways)]}),
        )
        for n in range(ITEMS)
    ]
    session.execute(insert(DataItem), [{"id": one.id, "group_name": one.group, "name": one.name} for one in entries])
    return entries


def _keep_history(session: Session, items: list[ItemEntry], by_id: int) -> None:
    last = session.scalars(select(RegisterState)).one().revision_id
    rows = [*_revisions(items, last, by_id)]
    session.execute(insert(Revision), rows)
    session.execute(update(RegisterState).values(revision_id=rows[-1]["id"], state=rows[-1]["state"]))


def _revisions(items: list[ItemEntry], last: int, by_id: int) -> Iterator[dict[str, Any]]:
    for position in range(HISTORY - last):
        item, number = items[position % len(items)], position // len(items) + 1
        content = item.plain() | ({"note": f"Looked at {number} times."} if number > 1 else {})
        yield {
            "id": last + position + 1,
            "thing": Thing.ITEM.value,
            "key": item.key,
            "number": number,
            "title": item.title,
            "change": (Change.AMENDED if number > 1 else Change.ENTERED).value,
            "reason": "Looked at again." if number > 1 else "",
            "content": content,
            "at": START + timedelta(minutes=position),
            "by_id": by_id,
            "run_id": None,
            "state": digest(f"bench {position}".encode()),
        }


def _model(
    number: int, declared: dict[str, Any], artefact: str, inputs: list[int], owner_id: int, deputy_id: int
) -> RiskModel:
    part, use = declared["version"], declared["uses"][0]
    stored = declared | {"model": declared["model"] | {"slug": f"bench-{number:03}", "name": f"Model {number:03}"}}
    features = [_feature(place, item_id) for place, item_id in enumerate(inputs)]
    version = ModelVersion(
        number=1,
        kind=part["kind"],
        declaration=stored,
        declaration_sha256=content_digest(stored),
        artefact_sha256=artefact,
        method=part["explanation"]["method"],
        unit="probability",
        threshold=part["operating_threshold"],
        registered_at=START,
        registered_by_id=owner_id,
        features=features,
        bands=[
            Band(position=place, code=band["code"], name=band["name"], start=band["from"], end=band["to"])
            for place, band in enumerate(part["bands"])
        ],
        uses=[_use(use)],
    )
    return RiskModel(
        slug=f"bench-{number:03}",
        name=f"Model {number:03}",
        held=True,
        summary=f"Helps with task {number}.",
        purpose=declared["model"]["purpose"],
        outcome=declared["model"]["outcome"],
        expert=declared["model"]["named_expert"],
        code_reference=declared["model"]["code_reference"],
        agency_code=declared["model"]["agency"],
        owner_id=owner_id,
        deputy_id=deputy_id,
        registered_at=START,
        versions=[version],
    )


def _feature(place: int, item_id: int) -> Feature:
    return Feature(
        position=place,
        name=f"input_{place}",
        meaning=f"Input {place}",
        sentence="Input: {value}",
        type="integer",
        low=0,
        high=10,
        categories={},
        about="person",
        item_id=item_id,
    )


def _use(said: dict[str, Any]) -> Use:
    texts = ("code", "purpose", "audience", "decision", "regime", "significant", "excluded_decisions")
    rest = {name: value for name, value in said.items() if name not in (*texts, "agency")}
    return Use(
        **{name: said[name] for name in texts},
        agency_code=said["agency"],
        human_involvement="A person decides.",
        notice="By leaflet.",
        particulars=rest,
        edition=1,
    )


def _approve(session: Session, use: Use, by_id: int, number: int) -> None:
    at = START + timedelta(days=30, minutes=number)
    use.stage = "approved"
    moved = {"thing": "use", "thing_id": use.id, "step": "approve", "source": "submitted", "target": "approved"}
    session.add(StageChange(**moved, at=at, by_id=by_id, reason="Agreed."))
    session.add(
        Approval(
            use_id=use.id,
            granted_at=at,
            granted_by_id=by_id,
            expires_on=date(2026, 12, 1) + timedelta(days=number % 300),
            fingerprint=use_digest(use),
            answers_sha256="",
            conditions=[],
            permission="operational",
        )
    )
