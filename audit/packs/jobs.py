"""Building packs: what the worker and the command line call."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from assessments.attestations.values import ATTEST_EVERY_DAYS
from audit.exports.gather import gather
from audit.exports.packing import make_pack
from audit.exports.pdf import make_pdf
from audit.exports.texts import chain_bytes
from audit.exports.values import PackBytes, Record
from audit.packs.queries import get_pack, load_evidence
from audit.packs.service import keep_pack
from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.errors import AlgocareError, Unavailable
from foundation.ledger.queries import count_waiting, iterate_chain
from foundation.ledger.service import sequence
from registry.models.tables import RiskModel

log = logging.getLogger("algocare.packs")
TRIES = 10
FAULT = "The pack could not be built; the worker's log says why. Ask for it again, or tell the administrator."


def build(database: Database, clock: Clock, pack_id: int, attest_days: int = ATTEST_EVERY_DAYS) -> None:
    """Build the pack that was asked for under this number; what goes wrong is written on it, and raised.

    `attest_days`: how long an owner's attestation holds here.
    """
    try:
        with database.read() as session:
            model_id = get_pack(session, pack_id).model_id
        built = assemble(database, model_id, clock.now(), attest_days)
        with database.write() as session:
            pack = get_pack(session, pack_id)
            if pack.file_sha256 is None:  # a job that was interrupted at its very end runs once more
                keep_pack(session, pack, built, "worker", clock.now())
    except Exception as error:
        _note_problem(database, pack_id, error.sentence if isinstance(error, AlgocareError) else FAULT)
        raise


def assemble(database: Database, model_id: int, at: datetime, attest_days: int = ATTEST_EVERY_DAYS) -> PackBytes:
    """The bytes of a model's pack at `at`; nothing is written but the places of waiting ledger entries."""
    record, chain, evidence = read_state(database, model_id, at, attest_days)
    return make_pack(record, chain, evidence, make_pdf)


def read_state(
    database: Database, model_id: int, at: datetime, attest_days: int = ATTEST_EVERY_DAYS
) -> tuple[Record, bytes, dict[str, bytes]]:
    """Record, chain and evidence as of one moment: every row that is read has its ledger entry in the chain."""
    for _ in range(TRIES):
        _place_waiting(database)
        with _snapshot(database) as session:
            if count_waiting(session) == 0:
                return _read(session, model_id, at, attest_days)
    raise Unavailable("So much is being written just now that no still moment was found. Ask for the pack again.")


def _read(session: Session, model_id: int, at: datetime, attest_days: int) -> tuple[Record, bytes, dict[str, bytes]]:
    model = session.get_one(RiskModel, model_id)
    chain = chain_bytes(iterate_chain(session), model.slug)
    return gather(session, model, at, attest_days), chain, load_evidence(session, [use.id for use in model.uses])


def _place_waiting(database: Database) -> None:
    while True:
        with database.write() as session:
            if sequence(session) == 0:
                return


@contextmanager
def _snapshot(database: Database) -> Iterator[Session]:
    """A reading session in which nothing changes while it is open: what SQLite does by itself PostgreSQL is told."""
    with database.read() as session:
        if database.engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


def _note_problem(database: Database, pack_id: int, sentence: str) -> None:
    with database.write() as session:
        pack = get_pack(session, pack_id)
        if pack.file_sha256 is None:
            pack.problem = sentence
