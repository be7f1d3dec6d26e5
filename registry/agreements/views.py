"""Sharing agreements as pages: the list, one of them with its document, and keeping them."""

from io import BytesIO
from typing import Any

from flask import Blueprint, render_template, request, send_file

from foundation.accounts.values import Permission
from foundation.errors import NotFound
from foundation.files.service import get_content
from foundation.ledger.values import digest
from foundation.web.doors import actor, door, house, session
from registry.agreements.forms import AgreementForm, DocumentForm
from registry.agreements.listing import COLUMNS, AgreementSearch, find_agreements, plain_agreement
from registry.agreements.rules import check_document, with_document
from registry.agreements.service import attach_document
from registry.agreements.values import AgreementEntry
from registry.catalogue.endings import check_standing
from registry.catalogue.listing import page_of, read_search
from registry.catalogue.moments import asked_moment, carry_day, shown_day
from registry.catalogue.pages import (
    Step,
    change_step,
    csv_file,
    end_step,
    enter_step,
    entry_page,
    form_of,
    json_file,
    reopen_step,
    take,
)
from registry.catalogue.queries import get_agreement, read_catalogue
from registry.catalogue.values import Thing

views = Blueprint("agreements", __name__)
views.url_defaults(carry_day)


@views.get("/register/agreements")
@door(Permission.SEE_REGISTER)
def list_all() -> Any:
    """Sharing agreements by title, with who shares and until when (R16)."""
    as_at = asked_moment()
    catalogue = read_catalogue(session(), as_at)
    search, day = read_search(AgreementSearch, request.args), shown_day(as_at)
    return render_template(
        "registry/agreements/list.html",
        page=page_of(find_agreements(catalogue, search, day), request.args.get("page", "")),
        total=len(catalogue.agreements),
        search=search,
        catalogue=catalogue,
        agencies=sorted(catalogue.agencies.values(), key=lambda one: one.name),
        gateways=sorted(catalogue.gateways.values(), key=lambda one: one.number),
        as_at=as_at,
        day=day,
    )


@views.get("/register/agreements.csv")
@door(Permission.SEE_REGISTER)
def as_csv() -> Any:
    """The list for a spreadsheet."""
    return csv_file("agreements", COLUMNS, _rows())


@views.get("/register/agreements.json")
@door(Permission.SEE_REGISTER)
def as_json() -> Any:
    """The list for a program."""
    return json_file("agreements", _rows(), read_catalogue(session(), asked_moment()))


@views.get("/register/agreements/<code>")
@door(Permission.SEE_REGISTER)
def show(code: str) -> Any:
    """One agreement: between whom, about what, under which law, until when, and its document."""
    catalogue = read_catalogue(session(), asked_moment())
    entry = get_agreement(catalogue, code)
    items = [catalogue.items[number] for number in entry.items if number in catalogue.items]
    return entry_page(
        "registry/agreements/show.html",
        Thing.AGREEMENT,
        entry,
        catalogue,
        page=page_of(sorted(items, key=lambda one: one.title), request.args.get("page", "")),
    )


@views.get("/register/agreements/<code>/document")
@door(Permission.SEE_REGISTER)
def download(code: str) -> Any:
    """The signed document; as at a past day the one that was attached then."""
    entry = get_agreement(read_catalogue(session(), asked_moment()), code)
    if not entry.document_sha256:
        raise NotFound(f"No document is attached to {entry.title}.")
    content = BytesIO(get_content(session(), entry.document_sha256))
    return send_file(content, "application/pdf", as_attachment=True, download_name=entry.document_name)


@views.route("/register/enter/agreement", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def enter_agreement() -> Any:
    """Enter a sharing agreement."""
    form = form_of(AgreementForm, None).offer(read_catalogue(session()), None)
    return take(enter_step(Thing.AGREEMENT, AgreementEntry, form, "Enter a sharing agreement"))


@views.route("/register/agreements/<code>/change", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def change(code: str) -> Any:
    """Change a sharing agreement."""
    entry = _agreement(code)
    form = form_of(AgreementForm, entry, "code").offer(read_catalogue(session()), entry)
    return take(change_step(Thing.AGREEMENT, entry, form))


@views.route("/register/agreements/<code>/attach", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def attach(code: str) -> Any:
    """Attach the signed document."""
    entry, form = _agreement(code), DocumentForm()
    check_standing(entry)
    file = form.document.data
    name, content = (file.filename or "", file.read()) if file else ("", b"")

    def make() -> AgreementEntry:
        check_document(name, content)
        return with_document(entry, name, digest(content))

    step = Step(
        thing=Thing.AGREEMENT,
        entry=entry,
        title=f"Attach the document of {entry.title}",
        form=form,
        make=make,
        write=lambda _: attach_document(
            session(),
            actor(),
            code,
            name,
            content,
            upload_mib=house().settings.upload_mib,
            reason=form.reason.data or "",
            seen=form.seen_number,
            at=house().clock.now(),
        ),
        done="The document is attached.",
        button="Attach it",
        files=True,
    )
    return take(step)


@views.route("/register/agreements/<code>/end", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def end(code: str) -> Any:
    """End an agreement early, after showing what stops."""
    return take(end_step(Thing.AGREEMENT, _agreement(code)))


@views.route("/register/agreements/<code>/open-again", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def reopen(code: str) -> Any:
    """Open again an agreement that was ended by mistake."""
    return take(reopen_step(Thing.AGREEMENT, _agreement(code)))


def _agreement(code: str) -> AgreementEntry:
    return get_agreement(read_catalogue(session()), code)


def _rows() -> list[dict[str, Any]]:
    as_at = asked_moment()
    catalogue, search = read_catalogue(session(), as_at), read_search(AgreementSearch, request.args)
    return [plain_agreement(one, catalogue) for one in find_agreements(catalogue, search, shown_day(as_at))]
