"""The public register from inside: what the public reads of a model, what is withheld from it, by whom and why."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from audit.public_register.forms import TellForm, WithholdForm
from audit.public_register.queries import find_withheld, list_redactions
from audit.public_register.service import tell_again, title_of, withhold
from audit.public_register.values import FIELDS, REASON_TITLES, REASONS, Field, Reason
from foundation.accounts.queries import names_of
from foundation.accounts.values import Permission
from foundation.errors import NotFound
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import carried_out
from registry.models.queries import get_model, list_models
from registry.models.tables import RiskModel

views = Blueprint("public_register", __name__)


@views.get("/public-register")
@door(Permission.SEE_PACKS)
def show_all() -> Any:
    """Whether the register is on, and every model with what is withheld of it."""
    models = list_models(session())
    return render_template(
        "audit/public_register/inside.html",
        models=models,
        withheld=find_withheld(session(), [model.id for model in models]),
        fields=FIELDS,
        is_on=house().settings.public_register,
    )


@views.get("/public-register/<slug>")
@door(Permission.SEE_PACKS)
def show(slug: str) -> Any:
    """What is withheld of one model, the form to withhold more, and everything that was ever withheld."""
    return _page(get_model(session(), slug), WithholdForm())


@views.post("/public-register/<slug>/withhold")
@door(Permission.PUBLISH_REGISTER)
def withhold_part(slug: str) -> Any:
    """Withhold a part of the page."""
    model, form = get_model(session(), slug), WithholdForm()

    def act() -> None:
        values = {name: form[name].data or "" for name in ("field", "reason", "note")}
        withhold(session(), actor(), model, **values, at=house().clock.now())

    return _after(model, "The part is withheld.") if carried_out(form, act) else (_page(model, form), 422)


@views.route("/public-register/<slug>/<field>/tell", methods=["GET", "POST"])
@door(Permission.PUBLISH_REGISTER)
def tell(slug: str, field: str) -> Any:
    """Tell the public a part again that was withheld."""
    model, form = get_model(session(), slug), TellForm()
    standing = find_withheld(session(), [model.id]).get(model.id, {}).get(field)
    if standing is None:
        raise NotFound("This part of the page is not withheld.")

    def act() -> None:
        tell_again(session(), actor(), model, field=field, note=form.note.data or "", at=house().clock.now())

    if carried_out(form, act):
        return _after(model, "The public can read this part again.")
    words = REASONS[Reason(standing.reason)]
    page = render_template(
        "audit/public_register/tell.html", model=model, form=form, title=title_of(field), field=field, words=words
    )
    return page, 422 if form.errors else 200


def _after(model: RiskModel, done: str) -> Any:
    flash(done, "success")
    return redirect(url_for("public_register.show", slug=model.slug))


def _page(model: RiskModel, form: WithholdForm) -> str:
    rows = list_redactions(session(), model.id)
    return render_template(
        "audit/public_register/redactions.html",
        model=model,
        form=form,
        rows=rows,
        names=names_of(session(), [row.by_id for row in rows]),
        withheld=find_withheld(session(), [model.id]).get(model.id, {}),
        order=[code.value for code in Field],
        fields=FIELDS,
        reasons=REASON_TITLES,
        is_on=house().settings.public_register,
    )
