"""The form of a benefit evaluation."""

from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextInput
from wtforms import IntegerField, SubmitField
from wtforms.validators import InputRequired

from assessments.benefits.rules import Benefit
from assessments.validation.forms import day_field, line_field, text_field
from foundation.web.forms import read_day


def _people(label: str, description: str = "") -> IntegerField:
    needed = InputRequired("Enter a whole number of people, 0 or more")
    return IntegerField(label, description=description, widget=GovTextInput(), validators=[needed])


class BenefitForm(FlaskForm):
    """What the use did for people in a period: counts of people, and what was learned."""

    starts_on = day_field("First day of the period")
    ends_on = day_field("Last day of the period")
    flagged = _people("How many people were flagged?")
    offered = _people("How many of them were offered support?")
    taken_up = _people("How many of those took it up?")
    outcome = line_field("Which outcome was looked at?", "As it reads after a number: returned to custody")
    taken_up_had = _people("How many of those who took support up had this outcome?")
    comparison = text_field("With whom are they compared, and how were those chosen?")
    compared = _people("How many people are in the comparison?")
    compared_had = _people("How many of those had the outcome?")
    learned = text_field("What was learned, and what changes?")
    submit = SubmitField("Record the evaluation", widget=GovSubmitInput())

    def benefit(self) -> Benefit:
        """What was handed in."""
        said: dict[str, Any] = {name: self[name].data for name in COUNTS}
        said |= {name: read_day(self[name].data) for name in ("starts_on", "ends_on")}
        said |= {name: (self[name].data or "").strip() for name in ("outcome", "comparison", "learned")}
        return Benefit(**said)


COUNTS = ("flagged", "offered", "taken_up", "taken_up_had", "compared", "compared_had")
