"""The form that asks what the gate says."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovSubmitInput, GovTextInput
from wtforms import SelectField, StringField, SubmitField
from wtforms.validators import Length

from foundation.accounts.tables import Account
from registry.models.tables import Use


class ExplainForm(FlaskForm):
    """Who would ask, for which use, and perhaps about whom."""

    reader = SelectField("Who would ask for a score?", widget=GovSelect())
    use = SelectField("For what?", widget=GovSelect())
    person = StringField(
        "About whom? (optional)",
        description="A reference of the case system. Without one the checks about the person are left out.",
        widget=GovTextInput(),
        validators=[Length(max=40, message="Write at most 40 characters")],
    )
    submit = SubmitField("Explain the gate", widget=GovSubmitInput())

    def offer(self, readers: Sequence[Account], uses: Sequence[Use]) -> "ExplainForm":
        """Offer these accounts and uses."""
        self.reader.choices = [(str(one.id), f"{one.name} ({one.sign_in_name})") for one in readers]
        self.use.choices = [(str(one.id), one.title) for one in uses]
        return self
