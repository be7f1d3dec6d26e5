"""Pages about compliance packs: which there are, asking for one, and taking it away to be checked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for

from audit.exports.packing import SCORE_VERIFIER, VERIFIER
from audit.packs.queries import count_changes, downloads_of, get_pack, list_packs, sizes_of, state_of
from audit.packs.service import ask_for_pack, record_download
from audit.packs.tables import Pack
from audit.packs.values import CARDS, PackState
from foundation.accounts.queries import names_of
from foundation.accounts.values import Permission
from foundation.errors import Refused
from foundation.ledger.values import digest
from foundation.web.doors import actor, door, house, session
from registry.models.queries import get_model, list_models
from registry.models.tables import RiskModel

views = Blueprint("packs", __name__)


@dataclass(frozen=True)
class Shelf:
    """A model with its packs, newest first, and how much has happened since the newest one."""

    model: RiskModel
    packs: list[Pack]
    changes: int

    @property
    def newest(self) -> Pack | None:
        """The newest pack, ready or not."""
        return self.packs[0] if self.packs else None

    @property
    def building(self) -> bool:
        """Whether the worker is at it."""
        return self.newest is not None and state_of(self.newest) is PackState.BUILDING


@views.get("/audit", endpoint="list_packs")
@door(Permission.SEE_PACKS)
def list_all() -> Any:
    """Every model held here with its packs."""
    packs = list_packs(session())
    models = list_models(session())
    shelves = [_shelf(model, [p for p in packs if p.model_id == model.id]) for model in models if model.held]
    return _page("list", shelves=shelves, named=[m for m in models if not m.held], sizes=sizes_of(session(), packs))


@views.post("/audit/models/<slug>/packs")
@door(Permission.BUILD_PACK)
def ask(slug: str) -> Any:
    """Ask the worker for a pack."""
    model = get_model(session(), slug)
    if not model.held:
        raise Refused("This model is known from documents only, so there is no record to pack.", code="not_held")
    pack = ask_for_pack(session(), actor(), model, house().clock.now())
    flash(f"The worker is building the pack of {model.name}. Reload the page in a moment.", "success")
    return redirect(url_for("packs.show_pack", pack_id=pack.id))


@views.get("/audit/packs/<int:pack_id>")
@door(Permission.SEE_PACKS)
def show_pack(pack_id: int) -> Any:
    """One pack: whether it is ready, the two numbers to note, and how to check it."""
    pack = get_pack(session(), pack_id)
    names = names_of(session(), [pack.asked_by_id])
    sizes, downloads = sizes_of(session(), [pack]), downloads_of(session(), [pack])
    return _page("show", pack=pack, names=names, sizes=sizes, downloads=downloads.get(pack.id, 0))


@views.get("/audit/packs/<int:pack_id>/download")
@door(Permission.SEE_PACKS, writes=True)
def download(pack_id: int) -> Any:
    """The zip; that it was taken is committed before its first byte leaves."""
    pack = get_pack(session(), pack_id)
    content = record_download(session(), actor(), pack, house().clock.now())
    return _file(content, "application/zip", f"{pack.model.slug}-pack-{pack.id}.zip")


@views.get("/audit/verify_pack.py")
@door(Permission.SEE_PACKS)
def verifier() -> Any:
    """The stand-alone verifier, from here and not from a pack."""
    return _file(VERIFIER.read_bytes(), "text/x-python", "verify_pack.py")


@views.get("/audit/verify_score.py")
@door(Permission.SEE_PACKS)
def score_verifier() -> Any:
    """The program that checks the proof of a score, from here and not from whoever hands the proof over."""
    return _file(SCORE_VERIFIER.read_bytes(), "text/x-python", "verify_score.py")


def _shelf(model: RiskModel, packs: list[Pack]) -> Shelf:
    ready = next((pack for pack in packs if pack.built_at), None)
    since: datetime | None = ready.built_at if ready else None
    return Shelf(model, packs, count_changes(session(), model, since))


def _page(name: str, **values: Any) -> str:
    seal = digest(VERIFIER.read_bytes())
    return render_template(f"audit/packs/{name}.html", state_of=state_of, cards=CARDS, verifier_sha256=seal, **values)


def _file(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
