"""The public register: pages and files for anybody, without signing in and without cookies (R44).

Off unless the setting says otherwise; then every address under /public answers that there is no such page.
"""

from typing import Any

from flask import Blueprint, Response, abort, g, jsonify, render_template, request

from audit.public_register.files import as_csv, as_plain
from audit.public_register.queries import get_page, list_pages
from foundation.accounts.queries import find_partnership
from foundation.clock import london_date
from foundation.web.doors import PUBLIC, door, house, session

views = Blueprint("public", __name__, url_prefix="/public")

KEPT_SECONDS = 300
"""How long a browser or a cache may keep a page; so long can a withheld part still be seen somewhere."""


@views.before_request
def refuse_when_off() -> None:
    """Answer that there is no such page while the setting is off."""
    if not house().settings.public_register:
        abort(404)


@views.after_request
def let_be_kept(response: Response) -> Response:
    """Caches may keep what everybody is shown alike; with a cookie the page may name who is signed in."""
    if response.status_code == 200 and not request.cookies:
        g.cache_control = f"public, max-age={KEPT_SECONDS}"
        response.vary.add("Cookie")
    return response


@views.get("")
@door(PUBLIC)
def list_models() -> Any:
    """Every model, with where it stands and what it is for."""
    return render_template("audit/public_register/list.html", pages=list_pages(session(), _today()))


@views.get("/models/<slug>")
@door(PUBLIC)
def show(slug: str) -> Any:
    """One model in plain English."""
    return render_template("audit/public_register/show.html", page=get_page(session(), slug, _today()))


@views.get("/models.json")
@door(PUBLIC)
def list_as_json() -> Any:
    """The whole register for programs."""
    found = find_partnership(session())
    return jsonify(as_plain(list_pages(session(), _today()), found.name if found else ""))


@views.get("/models.csv")
@door(PUBLIC)
def list_as_csv() -> Any:
    """The whole register for spreadsheets."""
    content = "\ufeff" + as_csv(list_pages(session(), _today()))
    named = {"Content-Disposition": 'attachment; filename="public-register.csv"'}
    return Response(content, mimetype="text/csv", headers=named)


def _today() -> Any:
    return london_date(house().clock.now())
