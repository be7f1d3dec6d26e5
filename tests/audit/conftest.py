"""A model with a whole life behind it, told through the product's own services, and the pack made of it."""

import csv
import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from algocare.demo.assessing import answer_all, decide, read_answers, review_all
from algocare.demo.preparing import prepare
from algocare.demo.stages import PILOT
from assessments.attestations.service import attest
from assessments.attestations.values import STATEMENTS, Told
from assessments.decisions.values import NewCondition
from assessments.questionnaire.service import attach, start, submit
from assessments.validation.jobs import validate
from assessments.validation.service import ask_for_validation
from assessments.validation.values import LaterData
from audit.packs.jobs import build
from audit.packs.queries import get_pack
from audit.packs.service import ask_for_pack
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.files.service import get_content
from foundation.ledger.service import record
from model_runtime.judgements.service import record_judgement
from model_runtime.people.service import add_people, read_people
from model_runtime.scores.service import record_viewing, request_score
from model_runtime.scores.tables import Score
from monitoring.watches.jobs import run_watch
from registry.models.queries import get_model, get_use
from registry.models.values import PermissionStage

SLUG = "return-to-custody"
VERIFIER = Path(__file__).resolve().parents[2] / "audit" / "verifier" / "verify_pack.py"
PEOPLE = ("QZX-7731", "QZX-7732", "QZX-7733", "QZX-7734")
SECRETS = {
    "judgement": "They told me about the flat above the bakery",
    "purpose": "Deciding whom to visit on a warrant",
    "interest": "My cousin works for the supplier",
}
MONTHS_SERVED = 137


@pytest.fixture(scope="session")
def secrets() -> dict[str, str]:
    """What must never stand in a pack: references, names and words about people."""
    references = dict(zip(("first", "second", "third", "fourth"), PEOPLE, strict=True))
    fact = f"Months in prison before this release: {MONTHS_SERVED}"
    names = {"practitioner": "Pat Nowak", "sign_in_name": "pat.practitioner", "member": "Mina Farah"}
    return {**SECRETS, **references, **names, "fact": fact}


@pytest.fixture(scope="session")
def tell_story(cast, engine, model_folder: Path) -> Callable[[Database, StoppedClock], None]:
    """A function that takes a registered model into the shadow and a pilot: votes, scores, judgements, a watch."""

    def tell(database: Database, clock: StoppedClock) -> None:
        actors = cast(database)
        _go_into_the_shadow(database, clock, actors)
        _bring_people(database, clock, model_folder)
        _score(database, clock, actors, engine, PEOPLE[0], "key-shadow")
        _measure_later(database, clock, actors, engine, model_folder)
        _go_into_a_pilot(database, clock, actors)
        _look_and_judge(database, clock, actors, engine)
        clock.advance(days=1)
        run_watch(database, clock, engine, 1, clock.now())

    return tell


def _go_into_the_shadow(database: Database, clock: StoppedClock, actors: SimpleNamespace) -> None:
    with database.write() as session:
        use = get_use(session, 1)
        prepare(session, actors.owner, use, clock.now(), actors.protector)
        code = use.version.model.code_reference
        told = Told(code["location"], code["revision"], clock.now().date(), frozenset(STATEMENTS))
        attest(session, actors.owner, use.version.model, told, clock.now())
        assessment = answer_all(session, actors.owner, use, read_answers(), clock.now())
        document = ("Impact assessment (1).txt", b"Data protection impact assessment, signed.\n")
        attach(session, actors.owner, assessment, "LAW-2", "Signed DPIA", file=document, upload_mib=1, at=clock.now())
        item = submit(session, actors.owner, assessment, clock.now())
        clock.advance(days=6)
        why = "Nothing happens to anybody while scores are only recorded."
        decide(session, _members(actors), actors.chair, item, "approve", why, date(2027, 9, 1), clock.now())


def _go_into_a_pilot(database: Database, clock: StoppedClock, actors: SimpleNamespace) -> None:
    """Scores are shown from a pilot on."""
    with database.write() as session:
        assessment = start(session, actors.owner, get_use(session, 1), clock.now())
        asked = {"permission": PermissionStage.PILOT, "pilot": PILOT}
        item = submit(session, actors.owner, assessment, clock.now(), **asked)
        clock.advance(hours=1)
        review_all(session, actors.protector, assessment, clock.now())
        clock.advance(hours=22)
        decide(
            session,
            _members(actors),
            actors.chair,
            item,
            "approve_with_conditions",
            "It orders an offer of help and restricts nobody.",
            date(2027, 9, 1),
            clock.now(),
            conditions=[NewCondition("Report figures by group", date(2027, 1, 20), critical=True)],
            dissent={actors.tom.name: ("more_information", "I would like to see a later year.")},
        )


def _members(actors: SimpleNamespace) -> list:
    return [actors.mina, actors.tom, actors.grace, actors.chair]


def _bring_people(database: Database, clock: StoppedClock, folder: Path) -> None:
    with database.write() as session:
        use = get_use(session, 1)
        content = _people_file(folder, [feature.name for feature in use.version.features])
        rows = read_people(content, "people.csv")
        add_people(session, rows=rows, as_of=clock.now().date(), source="ASC", at=clock.now())


def _measure_later(database: Database, clock: StoppedClock, actors: SimpleNamespace, engine, folder: Path) -> None:
    """The worker measures people who are said to come from a later time."""
    rows = (folder / "evaluation.csv").read_bytes().splitlines(keepends=True)
    later = LaterData(
        name="later.csv",
        content=b"".join(rows[:-1]),
        outcome="returned",
        training_from=date(1977, 7, 1),
        training_to=date(1978, 6, 30),
        starts_on=date(1979, 1, 1),
        ends_on=date(1979, 12, 31),
    )
    with database.write() as session:
        asked = ask_for_validation(session, actors.owner, get_use(session, 1), later, upload_mib=20, at=clock.now()).id
    clock.advance(minutes=30)
    validate(database, clock, engine, asked)
    clock.advance(minutes=30)


def _score(database: Database, clock: StoppedClock, actors: SimpleNamespace, engine, person: str, key: str) -> Score:
    asked = {"person_reference": person, "use_id": 1, "purpose": "resettlement-support"}
    given = request_score(database, clock, engine, actors.practitioner, request_key=key, **asked)
    assert isinstance(given, Score), given.sentence
    return given


def _look_and_judge(database: Database, clock: StoppedClock, actors: SimpleNamespace, engine) -> None:
    for person in PEOPLE:
        clock.advance(minutes=10)
        given = _score(database, clock, actors, engine, person, f"key-{person}")
        with database.write() as session:
            score = session.get_one(Score, given.id)
            record_viewing(session, score, actors.practitioner, clock.now())
            view = "disagree" if person == PEOPLE[0] else "agree"
            words = {"view": view, "reason": SECRETS["judgement"], "action": "Offer a worker."}
            if person != PEOPLE[-1]:
                record_judgement(session, actors.practitioner, score, at=clock.now(), **words)
    other = {"person_reference": PEOPLE[0], "use_id": 1, "purpose": SECRETS["purpose"]}
    request_score(database, clock, engine, actors.practitioner, request_key="key-other", **other)


def _people_file(folder: Path, names: list[str]) -> bytes:
    rows = list(csv.DictReader((folder / "people.csv").read_text().splitlines()))
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["reference", "agency", "born_on", *names])
    for person, row in zip(PEOPLE, rows, strict=False):
        known = {**row, "months_served": str(MONTHS_SERVED)}
        writer.writerow([person, "ASC", "1990-05-06", *(known[name] for name in names)])
    return written.getvalue().encode()


@pytest.fixture(scope="session")
def lived(stock, tell_story, cast) -> SimpleNamespace:
    """One model's whole life on SQLite and the pack made at its end; read only."""
    database = Database(stock.copy("sqlite", "registered"))
    clock = StoppedClock(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    tell_story(database, clock)
    clock.advance(minutes=30)  # entries of one moment stand in no order of their own
    with database.write() as session:
        for _ in range(3):
            record(session, "signed_in", actor="account:11", at=clock.now())
        pack_id = ask_for_pack(session, cast(database).auditor, get_model(session, SLUG), clock.now()).id
    build(database, clock, pack_id)
    with database.read() as session:
        pack = get_pack(session, pack_id)
        content = get_content(session, pack.file_sha256)
    files = read_zip(content)
    return SimpleNamespace(
        database=database, clock=clock, pack=pack, content=content, files=files, head=pack.head,
        manifest=pack.manifest_sha256, model_id=pack.model_id,
    )  # fmt: skip


def read_zip(content: bytes) -> dict[str, bytes]:
    """The files of a zip by path."""
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


@pytest.fixture(scope="session")
def unzip() -> Callable[[bytes], dict[str, bytes]]:
    """The files of a zip by path."""
    return read_zip


@pytest.fixture(scope="session")
def run_verifier() -> Callable[..., SimpleNamespace]:
    """Run the verifier as an auditor would: a program of its own, without the project and without site packages."""

    def run(*arguments: object, cwd: Path | None = None, program: Path = VERIFIER) -> SimpleNamespace:
        command = [sys.executable, "-I", "-S", str(program), *(str(one) for one in arguments)]
        answer = subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=120)
        return SimpleNamespace(code=answer.returncode, text=answer.stdout + answer.stderr)

    return run
