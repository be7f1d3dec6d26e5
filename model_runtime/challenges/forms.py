"""Forms of challenges: the public one, a practitioner's, and those of who handles and reviews them."""

from collections.abc import Sequence

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

from foundation.accounts.tables import Account
from model_runtime.challenges.rules import LONGEST, LONGEST_LINE, LONGEST_NAME
from model_runtime.challenges.values import KINDS, OUTCOMES, WRITERS
from registry.models.tables import RiskModel

UNKNOWN = "unknown"
KIND_CHOICES = [SelectChoice(kind.value, title) for kind, title in KINDS.items()]


def _at_most(most: int) -> Length:
    return Length(max=most, message=f"Write at most {most:,} characters")


class PublicForm(FlaskForm):
    """A challenge from outside. `website` is a trap: people never see it, programs fill it in."""

    writer = RadioField(
        "Who are you?",
        choices=[SelectChoice(writer.value, title) for writer, title in WRITERS.items()],
        widget=GovRadioInput(),
        validators=[InputRequired("Say who you are")],
    )
    name = StringField("Your name", widget=GovTextInput(), validators=[_at_most(LONGEST_NAME)])
    reach = StringField(
        "How can we reach you?",
        description="An e-mail address, a telephone number or a postal address. Only the data protection officer and "
        "the reviewer of your challenge see it.",
        widget=GovTextInput(),
        validators=[_at_most(LONGEST_LINE)],
    )
    model = SelectField("Which model?", widget=GovSelect())
    kind = RadioField(
        "What do you challenge?",
        choices=KIND_CHOICES,
        widget=GovRadioInput(),
        validators=[InputRequired("Say what you challenge")],
    )
    about = StringField(
        "Whom is it about?",
        description="If it is about somebody's score or data: their name and date of birth. You can leave it empty. "
        "It is kept as your contact details are.",
        widget=GovTextInput(),
        validators=[_at_most(LONGEST_LINE)],
    )
    text = TextAreaField(
        "What is wrong, and what should happen?",
        description="In your own words. You need not know how the model works.",
        widget=GovTextArea(),
        validators=[_at_most(LONGEST)],
    )
    website = StringField("Leave this empty")
    submit = SubmitField("Send the challenge", widget=GovSubmitInput())

    def offer(self, models: Sequence[RiskModel], chosen: str) -> "PublicForm":
        """Offer the models by name, and not knowing which; `chosen` is a slug or empty."""
        unknown = SelectChoice(UNKNOWN, "I do not know, or another one")
        self.model.choices = [unknown, *(SelectChoice(model.slug, model.name) for model in models)]
        self.model.data = self.model.data or chosen or UNKNOWN
        return self


class StatusForm(FlaskForm):
    """The receipt."""

    reference = StringField(
        "Reference from your receipt",
        description="For example CH-7F3K-92QD",
        widget=GovTextInput(),
        validators=[_at_most(40)],
    )
    submit = SubmitField("Show where it is", widget=GovSubmitInput())


class ScoreForm(FlaskForm):
    """A practitioner's challenge to a score."""

    kind = RadioField(
        "What do you challenge?",
        choices=KIND_CHOICES,
        widget=GovRadioInput(),
        validators=[InputRequired("Say what you challenge")],
    )
    text = TextAreaField(
        "What is wrong, and what should happen?",
        description="What you or the person know and the model does not. Do not name anybody.",
        widget=GovTextArea(),
        validators=[_at_most(LONGEST)],
    )
    submit = SubmitField("Challenge this score", widget=GovSubmitInput())


class LinkForm(FlaskForm):
    """The scores a challenge is about."""

    person = StringField(
        "Person's reference",
        description="As in the case system. Make sure first that whoever wrote may speak for this person.",
        widget=GovTextInput(),
        validators=[InputRequired("Enter the person's reference"), _at_most(40)],
    )
    score = StringField(
        "Score's reference",
        description="Leave it empty to link every score that the model gave about the person.",
        widget=GovTextInput(),
        validators=[_at_most(16)],
    )
    submit = SubmitField("Link the scores", widget=GovSubmitInput())


class ReviewerForm(FlaskForm):
    """The independent reviewer."""

    reviewer = SelectField("Independent reviewer", coerce=int, widget=GovSelect())
    submit = SubmitField("Name the reviewer", widget=GovSubmitInput())

    def offer(self, accounts: Sequence[Account]) -> "ReviewerForm":
        """Offer those who had no part in it."""
        self.reviewer.choices = [SelectChoice(account.id, account.name) for account in accounts]
        return self


class WithdrawForm(FlaskForm):
    """Why a challenge ends without an outcome."""

    reason = TextAreaField(
        "Who withdrew it, when and how",
        description="It stays in the record. Name nobody.",
        widget=GovTextArea(),
        validators=[_at_most(LONGEST)],
    )
    submit = SubmitField("Record that it was withdrawn", widget=GovSubmitInput())


class OutcomeForm(FlaskForm):
    """The reviewer's outcome."""

    outcome = RadioField(
        "Your outcome",
        choices=[SelectChoice(code, title) for code, title in OUTCOMES.items()],
        widget=GovRadioInput(),
        validators=[InputRequired("Choose the outcome")],
    )
    reasons = TextAreaField(
        "Your reasons",
        description="Written for whoever challenged it. Name nobody. It stays in the record.",
        widget=GovTextArea(),
        validators=[_at_most(LONGEST)],
    )
    correction = TextAreaField(
        "What was put right",
        description="Needed when it is upheld, wholly or in part. Everybody who saw the score reads it. Name nobody.",
        widget=GovTextArea(),
        validators=[_at_most(LONGEST)],
    )
    rescore = RadioField(
        "Should a practitioner ask for a new score?",
        description="They ask through the ordinary door, and are refused when a gate is closed.",
        choices=[SelectChoice("no", "No"), SelectChoice("yes", "Yes")],
        default="no",
        widget=GovRadioInput(),
    )
    submit = SubmitField("Record the outcome", widget=GovSubmitInput())
