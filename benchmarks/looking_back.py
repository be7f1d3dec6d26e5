"""How long it takes to list everybody a retired use scored: 100,000 scores, beside counting them by person (R14)."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from algocare.demo.cast import found
from benchmarks.filling import START, write_models
from benchmarks.measuring import Measurement, compare
from foundation.accounts.queries import find_account
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.database.schema import upgrade
from foundation.settings import Settings
from model_runtime.judgements.tables import Judgement
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Score, Viewing
from monitoring.lookbacks.jobs import look_back
from registry.catalogue.queries import read_catalogue
from registry.imports.service import import_reference
from registry.models.queries import list_uses
from registry.models.tables import Use

PEOPLE, SCORES, LIMIT_MS = 40_000, 100_000, 60_000.0


def look_backs(folder: Path, address: str | None = None) -> Iterator[Measurement]:
    """The worker's job over 100,000 scores, half of them viewed and a third judged, beside a plain count by person."""
    settings = Settings(data_folder=folder / "looking-back", secret_key="bench", plain_http=True)
    upgrade(address or settings.address)
    database, clock = Database(address or settings.address), StoppedClock(START + timedelta(days=300))
    with database.write() as session:
        found(session, START)
        import_reference(session, START)
        write_models(session, sorted(read_catalogue(session).items), 2)
        use = list_uses(session, stage="approved")[0]
        _score(session, use)
        use_id = use.id

    def ours() -> None:
        listed = look_back(database, clock, use_id)
        assert listed == PEOPLE, listed

    def theirs() -> None:
        with database.read() as session:
            counted = select(Score.person_id, func.count()).where(Score.use_id == use_id).group_by(Score.person_id)
            assert len(session.execute(counted).all()) == PEOPLE

    name = f"listing {PEOPLE:,} people of {SCORES:,} scores / counting the scores of each person"
    yield compare(name, ours, theirs, goal=10.0, count=3, warm=1, limit_ms=LIMIT_MS)
    database.close()


def _score(session: Session, use: Use) -> None:
    practitioner = find_account(session, "pat.practitioner")
    assert practitioner is not None
    added = {"agency_code": "ASC", "added_at": START}
    session.execute(insert(Person), [{"reference": f"B-{number:06}", **added} for number in range(PEOPLE)])
    people = session.scalars(select(Person.id).order_by(Person.id)).all()
    rows = [_row(use, people[number % PEOPLE], number, practitioner.id) for number in range(SCORES)]
    session.execute(insert(Score), rows)
    scores = session.scalars(select(Score.id).order_by(Score.id)).all()
    looked = [{"score_id": one, "by_id": practitioner.id, "at": START} for one in scores[::2]]
    session.execute(insert(Viewing), looked)
    told = {"by_id": practitioner.id, "at": START, "view": "agree", "reason": "Yes.", "action": ""}
    session.execute(insert(Judgement), [{"score_id": one, **told} for one in scores[::3]])


def _row(use: Use, person_id: int, number: int, asked_by_id: int) -> dict[str, Any]:
    value = (number * 37 % 1000) / 1000
    return {
        "reference": f"AS-{number:06}",
        "request_key": secrets.token_hex(16),
        "person_id": person_id,
        "use_id": use.id,
        "approval_id": use.approvals[0].id,
        "asked_by_id": asked_by_id,
        "at": START + timedelta(minutes=number),
        "as_of": START.date(),
        "value": value,
        "band": use.version.band_of(value).code,
        "shadow": False,
        "features": {},
        "largest_error": 0.0,
        "artefact_sha256": use.version.artefact_sha256,
        "advisory": {},
        "salt": b"0" * 32,
        "commitment": "0" * 64,
    }
