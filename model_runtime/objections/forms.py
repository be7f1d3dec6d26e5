"""Forms of objections: recording one, and answering it."""

from collections.abc import Iterable, Sequence
from datetime import date

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovSubmitInput, GovTextArea, GovTextInput
from wtforms import (  # type: ignore[attr-defined]
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from foundation.web.forms import read_day
from model_runtime.objections.rules import LONGEST
from model_runtime.objections.values import OUTCOMES, WAYS, Reply, Words
from registry.models.tables import Use

ALL = "all"
LENGTH = Length(max=LONGEST, message=f"Write at most {LONGEST:,} characters")
WAY_CHOICES = [SelectChoice(way.value, title) for way, title in WAYS.items()]


class ObjectionForm(FlaskForm):
    """Who objects to what, in which words, when and how."""

    agency = SelectField("Which agency works with the person?", widget=GovSelect())
    person = StringField(
        "Reference of the person",
        description="As your case system has it. Not the name. They need not be known here.",
        widget=GovTextInput(),
        validators=[InputRequired("Enter the reference of the person as your case system has it")],
    )
    use = RadioField(
        "What do they object to?",
        widget=GovRadioInput(),
        validators=[InputRequired("Choose one of the uses, or all of them")],
    )
    words = TextAreaField(
        "What did they say?",
        description="In their own words as far as you can. They need not give a reason.",
        widget=GovTextArea(),
        validators=[InputRequired("Write down what they said"), LENGTH],
    )
    way = RadioField(
        "How did they object?",
        choices=WAY_CHOICES,
        widget=GovRadioInput(),
        validators=[InputRequired("Say how they objected")],
    )
    received_on = StringField(
        "On which day did it reach you?",
        description="For example 27/3/2027. The answer is due within one month of it.",
        widget=GovTextInput(),
        validators=[InputRequired("Enter the day on which it reached you")],
    )
    submit = SubmitField("Record the objection", widget=GovSubmitInput())
    _known: tuple[str, str] | None = None

    def offer(self, agencies: Iterable[tuple[str, str]], uses: Sequence[Use]) -> "ObjectionForm":
        """Offer the agencies (code and name) and the uses, and all uses together."""
        self.agency.choices = [SelectChoice(code, name) for code, name in agencies]
        every = SelectChoice(ALL, "Being scored by any model, for any purpose")
        self.use.choices = [every, *(SelectChoice(code_of(use), label_of(use)) for use in uses)]
        return self

    def validate_received_on(self, field: StringField) -> None:
        """A real day."""
        read_day(field.data)

    def about(self, agency: str, person: str) -> "ObjectionForm":
        """Ask only what is not known: whom it is about is said by the page."""
        del self.agency, self.person
        self._known = agency, person
        return self

    def told(self) -> Words:
        """What was filled in; ask once the form is valid."""
        agency, person = self._known or (self.agency.data or "", self.person.data or "")
        number, _, code = (self.use.data or ALL).partition(":")
        one = number != ALL
        return Words(
            agency=agency,
            person=person,
            words=self.words.data or "",
            way=self.way.data or "",
            received_on=read_day(self.received_on.data),
            model_id=int(number) if one else None,
            use_code=code if one else None,
        )


class AnswerForm(FlaskForm):
    """How an objection is answered, and when and how the person was told."""

    outcome = RadioField(
        "How do you answer it?",
        choices=[SelectChoice(outcome.value, title) for outcome, title in OUTCOMES.items()],
        widget=GovRadioInput(),
        validators=[InputRequired("Say whether it is upheld or overridden")],
    )
    reason = TextAreaField(
        "Reasons, as the person was told them",
        description="To override it, say which compelling legitimate grounds weigh more than this person's interests, "
        "rights and freedoms. That the model is useful is not enough.",
        widget=GovTextArea(),
        validators=[InputRequired("Give the reasons the person was told"), LENGTH],
    )
    told_on = StringField(
        "On which day was the person told?",
        description="For example 27/3/2027. Tell them first, with the reasons and that they can complain to the "
        "Information Commissioner.",
        widget=GovTextInput(),
        validators=[InputRequired("Enter the day on which the person was told")],
    )
    told_way = RadioField(
        "How were they told?",
        choices=WAY_CHOICES,
        widget=GovRadioInput(),
        validators=[InputRequired("Say how the person was told")],
    )
    submit = SubmitField("Record the answer", widget=GovSubmitInput())

    def validate_told_on(self, field: StringField) -> None:
        """A real day."""
        read_day(field.data)

    def reply(self) -> Reply:
        """What was filled in; ask once the form is valid."""
        day: date = read_day(self.told_on.data)
        return Reply(self.outcome.data or "", self.reason.data or "", day, self.told_way.data or "")


def code_of(use: Use) -> str:
    """How a use is named in the form: by its model and its code, whichever version and edition it is."""
    return f"{use.version.model_id}:{use.code}"


def label_of(use: Use) -> str:
    """A use as somebody reads it who was told what they are scored for."""
    return f"{use.purpose} ({use.version.model.name})"
