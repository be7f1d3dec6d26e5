"""A form and the command behind it."""

from flask import g
from flask_wtf import FlaskForm
from wtforms import StringField

from foundation.accounts.queries import find_account
from foundation.database.connection import Database
from foundation.errors import Invalid
from foundation.web.forms import carried_out


def test_a_refused_command_leaves_nothing_half_done(founded: Database, make_app) -> None:
    """What it found wrong stands at the field, and what it had begun to write is not kept (both databases)."""

    class NameForm(FlaskForm):
        name = StringField("Name")

    app = make_app(founded)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context(method="POST"), founded.write() as opened:
        g.session, form = opened, NameForm()

        def half() -> None:
            find_account(opened, "olivia.owner").name = "Half done"
            opened.flush()
            raise Invalid("No.", problems={"name": "Enter another name."})

        assert not carried_out(form, half)
        assert list(form.name.errors) == ["Enter another name."]
    with founded.read() as session:
        assert find_account(session, "olivia.owner").name == "Olivia Owen"
