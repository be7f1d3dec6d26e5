"""Published minutes for anybody, beside the public register and under its setting (R44)."""

from typing import Any

from flask import Blueprint, render_template

from audit.minutes.queries import get_published, list_published, read_public
from audit.minutes.views import pdf_of
from audit.public_register.public import let_be_kept, refuse_when_off
from foundation.web.doors import PUBLIC, door, session

views = Blueprint("public_minutes", __name__, url_prefix="/public/minutes")
views.before_request(refuse_when_off)
views.after_request(let_be_kept)


@views.get("")
@door(PUBLIC)
def list_all() -> Any:
    """Which meetings have published minutes."""
    return render_template("audit/minutes/public_list.html", published=list_published(session()))


@views.get("/<int:number>")
@door(PUBLIC)
def show(number: int) -> Any:
    """The minutes of one meeting."""
    minutes = get_published(session(), number)
    sections = read_public(session(), minutes)
    return render_template("audit/minutes/public.html", minutes=minutes, meeting=minutes.meeting, sections=sections)


@views.get("/<int:number>.pdf")
@door(PUBLIC)
def pdf(number: int) -> Any:
    """The same as a PDF."""
    return pdf_of(get_published(session(), number), "public")
