"""How every change of the register looks in the browser: a form, what would stop, a reason, a confirmation.

What would stop an approved use is shown and confirmed before it is done; endings are always confirmed (R16, R24).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from flask import Response, flash, jsonify, redirect, render_template, request, url_for

from foundation.clock import london_date
from foundation.errors import Conflict, Invalid
from foundation.ledger.values import content_digest
from foundation.web.doors import actor, house, session
from foundation.web.forms import add_problems
from registry.agencies.values import AgencyEntry, SystemEntry
from registry.agreements.values import AgreementEntry
from registry.catalogue.endings import check_standing, ended, opened_again
from registry.catalogue.entries import read_entry
from registry.catalogue.forms import ChangeForm, DayField, EndForm
from registry.catalogue.history import tell
from registry.catalogue.keeping import amend, amended, end, enter, reopen
from registry.catalogue.moments import asked_moment, shown_day
from registry.catalogue.queries import find_last_number, list_revisions, read_catalogue
from registry.catalogue.rules import check_links
from registry.catalogue.sheets import as_csv
from registry.catalogue.tables import Revision
from registry.catalogue.values import AnyEntry, Catalogue, Thing
from registry.catalogue.wording import describe
from registry.footing.queries import Stopped, list_stopped
from registry.gateways.values import GatewayEntry
from registry.items.values import ItemEntry

E = TypeVar("E", AgencyEntry, SystemEntry, GatewayEntry, ItemEntry, AgreementEntry)
F = TypeVar("F", bound=ChangeForm)

PLACES: Mapping[Thing, tuple[str, str]] = {
    Thing.AGENCY: ("agencies.show", "code"),
    Thing.SYSTEM: ("agencies.show_system", "code"),
    Thing.GATEWAY: ("gateways.show", "number"),
    Thing.ITEM: ("items.show", "item_id"),
    Thing.AGREEMENT: ("agreements.show", "code"),
}
"""The page of each kind of entry, and what its address is made of."""


@dataclass(frozen=True)
class Step:
    """One change somebody wants to make. `make` gives the entry as it would stand, `write` does it.

    `entry` is the one that is changed, None for a new one. With `asks` the change is always confirmed.
    `reading` is what the reader vouches for, as names and values.
    """

    thing: Thing
    title: str
    form: ChangeForm
    make: Callable[[], AnyEntry]
    write: Callable[[AnyEntry], Revision]
    done: str
    entry: AnyEntry | None = None
    asks: bool = False
    intro: str = ""
    reading: Sequence[tuple[str, str]] = ()
    button: str = "Save"
    files: bool = False
    day: Callable[[], date | str | None] = field(default=lambda: None)


def take(step: Step) -> Any:
    """Answer a GET with the form, and a POST by doing it, by asking for confirmation, or by saying what is wrong."""
    form, stopped = step.form, None
    if request.method == "GET":
        form.seen.data = str(_last_number(step))
        return _page(step, _stopped(step, step.make()) if step.asks else None)
    if not form.validate_on_submit():
        return _page(step, None), 422
    try:
        entry = step.make()
        check_links(read_catalogue(session()), [entry])
        stopped = _stopped(step, entry)
        _check_reason(step)
        _check_confirmed(step, stopped)
        with session().begin_nested():
            revision = step.write(entry)
    except Conflict as conflict:
        form.reason.errors = [conflict.sentence]
        return _page(step, stopped), 409
    except Invalid as problem:
        add_problems(form, _placed(problem, form))
        return _page(step, stopped), 422
    flash(step.done, "success")
    return redirect(address_of(step.thing, revision.key))


def enter_step(thing: Thing, kind: type[E], form: ChangeForm, title: str, **more: Any) -> Step:
    """Entering something new of a kind."""
    return Step(
        thing=thing,
        title=title,
        form=form,
        make=lambda: read_entry(kind, form.values()),
        write=lambda entry: enter(session(), actor(), entry, reason=form.reason.data or "", at=_now()),
        done="It is in the register.",
        **more,
    )


def change_step(thing: Thing, entry: AnyEntry, form: ChangeForm, **more: Any) -> Step:
    """Changing an entry that has not ended; fields that the form does not have stay as they are."""
    check_standing(entry)
    return Step(
        thing=thing,
        entry=entry,
        title=f"Change {entry.title}",
        form=form,
        make=lambda: amended(entry, read_entry(type(entry), {**entry.plain(), **form.values()})),
        write=lambda after: amend(session(), actor(), entry, after, **_told(form)),
        done="The register is changed.",
        **more,
    )


def end_step(thing: Thing, entry: AnyEntry) -> Step:
    """Ending an entry from a day on."""
    form = EndForm(day=today())
    return Step(
        thing=thing,
        entry=entry,
        title=f"End gateway {entry.title}" if thing == Thing.GATEWAY else f"End {entry.title}",
        form=form,
        make=lambda: ended(entry, asked_day(form.day), form.reason.data or "", today()),
        write=lambda _: end(session(), actor(), entry, day=asked_day(form.day), **_told(form)),
        done="It is ended and stays readable.",
        asks=True,
        intro="What is ended stays readable with its reason. Nothing rests on it from that day on.",
        button="End it",
        day=lambda: form.day.plain,
    )


def reopen_step(thing: Thing, entry: AnyEntry) -> Step:
    """Opening again what was ended by mistake."""
    opened_again(entry)
    form = ChangeForm()
    return Step(
        thing=thing,
        entry=entry,
        title=f"Open {entry.title} again",
        form=form,
        make=lambda: opened_again(entry),
        write=lambda _: reopen(session(), actor(), entry, **_told(form)),
        done="It is open again.",
        intro="For what was ended by mistake. That it was ended stays in its history.",
        button="Open it again",
    )


def asked_day(field: DayField) -> date | None:
    """The day in a field, or none; what is no day is refused at the field."""
    typed = field.plain
    if isinstance(typed, str):
        sentence = "Enter a real date, like 27/3/2027"
        raise Invalid(sentence, problems={field.name: sentence})
    return typed


def form_of(kind: type[F], entry: AnyEntry | None, *fixed: str) -> F:
    """A form of an entry as it stands; for one that exists without the fields that never change."""
    form = kind(data=entry.model_dump()) if entry is not None else kind()
    for name in fixed if entry is not None else ():
        del form[name]
    return form


def _told(form: ChangeForm) -> dict[str, Any]:
    return {"reason": form.reason.data or "", "seen": form.seen_number, "at": _now()}


def _now() -> datetime:
    return house().clock.now()


ASK = "Read what stops, then confirm it"
WHY = "Say why the register changes"


def address_of(thing: Thing | str, key: str) -> str:
    """The address of an entry's page."""
    endpoint, name = PLACES[Thing(thing)]
    argument: dict[str, Any] = {name: key}
    return url_for(endpoint, **argument)


def today() -> date:
    """Today in London."""
    return london_date(house().clock.now())


def entry_page(template: str, thing: Thing, entry: AnyEntry, catalogue: Catalogue, **more: Any) -> str:
    """The page of one entry: everything it holds, its history, and what the room adds."""
    as_at = asked_moment()
    revisions = list_revisions(session(), thing, entry.key, as_at)
    return render_template(
        template,
        entry=entry,
        catalogue=catalogue,
        as_at=as_at,
        day=shown_day(as_at),
        facts=describe(thing, entry, catalogue),
        history=tell(session(), revisions, catalogue),
        **more,
    )


def csv_file(name: str, columns: Sequence[str], rows: list[dict[str, Any]]) -> Response:
    """A list for a spreadsheet."""
    answer = Response(as_csv(columns, rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}.csv"
    return answer


def json_file(name: str, rows: list[dict[str, Any]], catalogue: Catalogue) -> Response:
    """A list for a program, with the digest of the register it was taken from."""
    return jsonify({name: rows, "as_at": catalogue.as_at and catalogue.as_at.isoformat(), "state": catalogue.state})


def _last_number(step: Step) -> int:
    return find_last_number(session(), step.thing, step.entry.key) if step.entry else 0


def _stopped(step: Step, entry: AnyEntry) -> list[Stopped]:
    if step.entry is None:
        return []
    day = step.day()
    return list(list_stopped(session(), [entry], day if isinstance(day, date) else today()))


def _check_reason(step: Step) -> None:
    if step.entry is not None and not (step.form.reason.data or "").strip():
        raise Invalid(WHY, problems={"reason": WHY})


def _check_confirmed(step: Step, stopped: Sequence[Stopped]) -> None:
    """Refuse until exactly what would stop now was on the page that was confirmed."""
    if not stopped and not step.asks:
        return
    if not step.form.confirmed.data or step.form.shown.data != _key(step, stopped):
        raise Invalid(ASK, problems={"confirmed": ASK})


def _key(step: Step, stopped: Sequence[Stopped]) -> str:
    told = [[one.use.id, *one.sentences] for one in stopped]
    return content_digest([told, str(step.day() or today())])[:20]


def _placed(problem: Invalid, form: ChangeForm) -> Invalid:
    """A problem of an entry as a whole names its field in its sentence; here it is put at that field."""
    placed: dict[str, str] = {}
    for name, sentence in (problem.problems or {"reason": problem.sentence}).items():
        begins, _, rest = sentence.partition(": ")
        if name == "entry" and begins in form:
            name, sentence = begins, rest
        placed[name if name in form else "reason"] = sentence[:1].upper() + sentence[1:]
    return Invalid(problem.sentence, problems=placed)


def _page(step: Step, stopped: Sequence[Stopped] | None) -> str:
    if stopped is not None:
        if step.form.shown.data != _key(step, stopped):
            step.form.confirmed.data = False
        step.form.shown.data = _key(step, stopped)
    back = address_of(step.thing, step.entry.key) if step.entry else url_for(LISTS[step.thing])
    asked = step.day()
    later = asked if isinstance(asked, date) and asked > today() else None
    return render_template(
        "registry/catalogue/change.html", step=step, form=step.form, stopped=stopped, later=later, back=back
    )


LISTS = {
    Thing.AGENCY: "agencies.list_all",
    Thing.SYSTEM: "agencies.list_all",
    Thing.GATEWAY: "gateways.list_all",
    Thing.ITEM: "items.list_all",
    Thing.AGREEMENT: "agreements.list_all",
}
"""The list each kind of entry stands in."""
