"""The law of the demonstration: an agreement that ends soon, items without law, point scores that nobody may run.

The agreement and the lawyer are invented. No gateway is verified here: nobody has checked how they are read.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from algocare.demo.stages import actor_called
from foundation.clock import StoppedClock, london_date
from foundation.database.connection import Database
from foundation.settings import Settings
from model_runtime.engine.client import EngineClient
from registry.agreements.service import attach_document
from registry.agreements.values import AgreementEntry
from registry.catalogue.queries import read_catalogue
from registry.catalogue.service import revise, revise_all
from registry.catalogue.values import Change
from registry.declarations.elsewhere import enter_elsewhere
from registry.declarations.reading import read_folder
from registry.declarations.service import register
from registry.declarations.values import Declaration, read_any
from registry.footing.queries import answer_use
from registry.footing.service import sign_off
from registry.items.values import ItemEntry
from registry.models.tables import Use

FILES = Path(__file__).parent / "point_scores"
SCHOOL = "School Attendance and Exclusion"
NEW_ITEMS = (
    ("English as an Additional Language", "ordinary"),
    ("Education, Health and Care Plan", "special_category"),
    ("SEN Support", "special_category"),
    ("Carer", "ordinary"),
)
"""What schools know and the source documents do not list: entered without a gateway, because none is given."""

SHARED = (
    ("Service Involvement", "Child Protection Plan"),
    ("Service Involvement", "Child Looked After"),
    ("Crime", "Youth Caution or Restorative Justice"),
    ("Substance Misuse", "Drugs and Alcohol Incident"),
)
"""The items the invented agreement is about."""

CODE, TITLE = "families-demonstration", "Families information sharing agreement (demonstration)"
RUNS_FOR = timedelta(days=45)
"""How long the agreement still runs at the end of the story, so that it shows as law to look at."""

ACCEPTED = (
    "Demonstration only: an invented lawyer accepts that data may be shared under this provision for the use named "
    "here, and for nothing else."
)

DOCUMENT = """
<html lang="en"><head><title>{title}</title></head><body><h1>{title}</h1>
<p>This is not a real agreement. It was made up for the demonstration of ALGOCARE so that the register has a document
to keep.</p><p>Parties: Bristol City Council; Avon and Somerset Constabulary. It runs until {until}.</p></body></html>
"""


def enter_law(session: Session, at: datetime, today_at_end: datetime) -> None:
    """The information governance lead enters four data items and one agreement with its document."""
    lead = actor_called(session, "iris.governance")
    items = [
        ItemEntry.model_validate(
            {"group": SCHOOL, "name": name, "sources": ("EYES",), "subjects": ("pupils",), "matter": "education"}
            | {"sensitivity": sensitivity, "note": "Entered for a point score. No gateway is given anywhere."}
        )
        for name, sensitivity in NEW_ITEMS
    ]
    revise_all(session, lead, items, change=Change.ENTERED, reason="Needed by a point score.", at=at)
    catalogue = read_catalogue(session)
    found = [catalogue.find_item(group, name) for group, name in SHARED]
    agreement = AgreementEntry(
        code=CODE,
        title=TITLE,
        parties=("BCC", "ASC"),
        items=tuple(item.id for item in found if item is not None),
        gateways=(4, 11, 12),
        starts_on=london_date(at),
        ends_on=london_date(today_at_end + RUNS_FOR),
        note="Invented for the demonstration.",
    )
    revise(session, lead, agreement, change=Change.ENTERED, reason="", at=at)
    told = "The signed document (made up for the demonstration)."
    document = _document(agreement)
    attach_document(session, lead, CODE, "agreement.pdf", document, upload_mib=20, reason=told, seen=1, at=at)


POINT_SCORES = (("roni", "nadia.owner"), ("conduct_disorder", "olivia.owner"), ("elsewhere", "olivia.owner"))
"""What is declared beside the models that were trained, and who registers it."""


def register_point_scores(
    database: Database,
    clock: StoppedClock,
    engine: EngineClient,
    settings: Settings,
    now: datetime,
    *,
    besides: Collection[str] = (),
) -> None:
    """The owners register two point scores; a model of another force is entered as known; a lawyer signs one thing.

    `besides` names those that are registered elsewhere in the story.
    """
    for name, owner in POINT_SCORES:
        if name in besides:
            continue
        data, files = read_folder(FILES / f"{name}.yaml")
        declared = read_any(data, f"{name}.yaml")
        with database.write() as session:
            actor = actor_called(session, owner)
            if isinstance(declared, Declaration):
                version = register(
                    session, actor, declared, files, engine, upload_mib=settings.upload_mib, at=clock.now()
                )
                if name == "conduct_disorder":
                    _accept_one(session, version.uses[0], clock)
            else:
                enter_elsewhere(session, actor, declared, at=now)


def _accept_one(session: Session, use: Use, clock: StoppedClock) -> None:
    today = london_date(clock.now())
    answer = answer_use(session, use, today)
    keys = [one.key for one in answer.unsigned if one.rule == "route_to_accept"][:1]
    until = today + timedelta(days=90)
    lawyer = actor_called(session, "leo.lawyer")
    sign_off(session, lawyer, use, keys, reason=ACCEPTED, expires_on=until, at=clock.now())


def _document(agreement: AgreementEntry) -> bytes:
    from weasyprint import HTML

    told = DOCUMENT.format(title=agreement.title, until=agreement.ends_on)
    content: bytes = HTML(string=told).write_pdf()
    return content
