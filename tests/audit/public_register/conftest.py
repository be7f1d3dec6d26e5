"""A register with a model at every kind of stage, and visitors who meet the public register switched on."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from algocare.demo.stages import PILOT
from foundation.accounts.queries import find_account
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.settings import Settings
from registry.catalogue.queries import read_catalogue
from registry.catalogue.service import revise_all
from registry.catalogue.values import Change
from registry.declarations.elsewhere import enter_elsewhere
from registry.declarations.reading import read_folder
from registry.declarations.service import register
from registry.declarations.values import Elsewhere, read_any
from registry.items.values import ItemEntry
from registry.models.queries import get_model, get_use
from registry.models.service import approve, reject, retire, submit
from registry.models.values import PermissionStage
from tests.model_runtime.conftest import EXPIRES, a_world, add, approve_use  # noqa: F401 (a fixture)

POINT_SCORES = Path(__file__).resolve().parents[3] / "algocare" / "demo" / "point_scores"
SCHOOL = "School Attendance and Exclusion"
NEW_ITEMS = ("English as an Additional Language", "Education, Health and Care Plan", "SEN Support", "Carer")
REFUSED = (
    "Nadia Rahman (nadia.owner, nadia@bristol.example, 0117 900 1234) could not say why pupil RC-0001 and "
    "Dr Foster's list differ. See CH-7F3K-92QD."
)
ENDED = "Nobody had asked for it in a year."


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings of a test, with the public register on."""
    return settings.model_copy(update={"public_register": True})


@pytest.fixture
def published(registered: Database, cast, clock: StoppedClock, engine, add) -> SimpleNamespace:  # noqa: F811
    """One model in a pilot, one refused for a reason full of names, one ended, one elsewhere, seven in papers."""
    world = a_world(registered, cast, clock, add)
    approve_use(world, permission="shadow")
    actors = world.cast
    clock.advance(hours=1)
    told = {"expires_on": EXPIRES, "conditions": [], "answers_sha256": "", "reason": "Worth a try.", "at": clock.now()}
    with registered.write() as session:
        use = get_use(session, world.use_id)
        approve(session, actors.chair, use, permission=PermissionStage.PILOT, pilot=PILOT, **told)
    nadia = "nadia.owner"
    with registered.write() as session:
        catalogue = read_catalogue(session)
        missing = [name for name in NEW_ITEMS if catalogue.find_item(SCHOOL, name) is None]
        entries = [ItemEntry(group=SCHOOL, name=name, sources=("BCC",)) for name in missing]
        revise_all(session, actors.governance, entries, change=Change.ENTERED, reason="", at=clock.now())
    with registered.write() as session:
        for path in sorted(POINT_SCORES.glob("*.yaml")):
            data, files = read_folder(path)
            declared = read_any(data, path.name)
            if isinstance(declared, Elsewhere):
                enter_elsewhere(session, actors.owner, declared, at=clock.now())
                continue
            owner = _account(session, nadia) if declared.model.owner == nadia else actors.owner
            register(session, owner, declared, files, engine, upload_mib=20, at=clock.now())
    with registered.write() as session:
        roni = get_model(session, "roni").uses[0]
        submit(session, _account(session, nadia), roni, clock.now())
        reject(session, actors.chair, roni, REFUSED, clock.now())
        retire(session, actors.chair, get_model(session, "risk-of-conduct-disorder").uses[0], ENDED, clock.now())
    return world


def _account(session, name: str):
    return find_account(session, name).actor()


@pytest.fixture
def read(published: SimpleNamespace, visit) -> Callable[[str], str]:
    """A function that gives what an address says to somebody who is not signed in."""
    visitor = visit(published.database)

    def call(address: str) -> str:
        answer = visitor.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.get_data(as_text=True)

    return call
