"""Forms of the committee: an interest, a vote, a decision, a reason."""

from collections.abc import Sequence
from typing import Any, TypeVar

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (  # type: ignore[attr-defined]
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from assessments.committee.values import INTERESTS, Choice, choice_title
from assessments.decisions.values import NewCondition
from assessments.questionnaire.values import LETTERS
from foundation.accounts.tables import Account
from foundation.web.forms import read_day
from registry.models.tables import Use

CONDITIONS = (1, 2, 3)
"""How many conditions one decision's form has room for."""

LONGEST = 10_000


class InterestForm(FlaskForm):
    """What a member declares about an item."""

    declared = RadioField(
        "Do you have an interest in this item?",
        description="For example: you work with the people who built it, supplied its data, or are scored by it.",
        choices=[SelectChoice(code.value, text) for code, text in INTERESTS.items()],
        widget=GovRadioInput(),
        validators=[InputRequired("Choose what you declare")],
    )
    text = TextAreaField(
        "What is your interest?",
        description="Only needed if you have one. It goes into the record.",
        widget=GovTextArea(),
        validators=[Length(max=LONGEST)],
    )
    submit = SubmitField("Declare", widget=GovSubmitInput())


class VoteForm(FlaskForm):
    """A member's vote; its choices depend on the item."""

    choice = RadioField("Your vote", widget=GovRadioInput(), validators=[InputRequired("Choose your vote")])
    reason = TextAreaField(
        "Your reason",
        description="Needed unless you approve without conditions or abstain. It is shown when the vote is closed.",
        widget=GovTextArea(),
        validators=[Length(max=LONGEST)],
    )
    submit = SubmitField("Cast your vote", widget=GovSubmitInput())


class ReasonForm(FlaskForm):
    """A reason that goes into the record."""

    reason = TextAreaField(
        "Reason", widget=GovTextArea(), validators=[InputRequired("Give your reason"), Length(max=LONGEST)]
    )
    submit = SubmitField("Send", widget=GovSubmitInput())


class ConditionForm(FlaskForm):
    """How a condition was met."""

    evidence = TextAreaField(
        "How was it met?",
        description="Say what was done, when, and where it can be seen.",
        widget=GovTextArea(),
        validators=[InputRequired("Say how it was met"), Length(max=LONGEST)],
    )
    submit = SubmitField("Send to the chair", widget=GovSubmitInput())


class DecisionForm(FlaskForm):
    """The decision: outcome, reasons, review date and up to three conditions."""

    outcome = RadioField(
        "What did the committee decide?",
        widget=GovRadioInput(),
        validators=[InputRequired("Choose what the committee decided")],
    )
    reasons = TextAreaField(
        "The committee's reasons",
        description="Written for the owner and the public: what persuaded the committee, and what the minority held.",
        widget=GovTextArea(),
        validators=[InputRequired("Give the committee's reasons"), Length(max=LONGEST)],
    )
    review_on = StringField(
        "Review date",
        description="Needed for an approval, which ends on this day. For example 3/3/2027",
        widget=GovTextInput(),
        validators=[Optional()],
    )
    submit = SubmitField("Record the decision", widget=GovSubmitInput())

    def validate_review_on(self, field: StringField) -> None:
        """A real day."""
        read_day(field.data)

    def conditions(self) -> list[NewCondition]:
        """The conditions that were filled in; one with a text and no day, or the other way round, is refused."""
        found = []
        for number in CONDITIONS:
            text, due, duty, critical, owner = (
                self[f"condition_{number}_{part}"].data for part in ("text", "due", "duty", "critical", "owner")
            )
            if (text or "").strip() or (due or "").strip():
                found.append(NewCondition(text or "", read_day(due), duty, critical=critical, owner_id=owner))
        return found


Form = TypeVar("Form", bound=DecisionForm)


class AdviceForm(DecisionForm):
    """An officer's decision on the committee's advice, with the reasons that are published when it departs."""

    reasons = TextAreaField(
        "Your reasons",
        description="They stand in the decision.",
        widget=GovTextArea(),
        validators=[InputRequired("Give your reasons"), Length(max=LONGEST)],
    )
    published_reasons = TextAreaField(
        "Reasons that everybody can read",
        description="Only needed if you decide otherwise than the committee advised. They are published.",
        widget=GovTextArea(),
        validators=[Length(max=LONGEST)],
    )


def _condition_fields(owners: Sequence[Account]) -> dict[str, Any]:
    duties = [SelectChoice(code, word) for code, word, _ in LETTERS]
    people = [SelectChoice(account.id, account.name) for account in owners]
    fields: dict[str, Any] = {}
    for number in CONDITIONS:
        fields[f"condition_{number}_text"] = TextAreaField(
            "What has to be done", widget=GovTextArea(), validators=[Length(max=LONGEST)]
        )
        fields[f"condition_{number}_due"] = StringField(
            "Due date", description="For example 4/12/2026", widget=GovTextInput(), validators=[_day_with_text]
        )
        fields[f"condition_{number}_duty"] = SelectField(
            "Under which duty", choices=duties, default="responsible", widget=GovSelect()
        )
        fields[f"condition_{number}_owner"] = SelectField(
            "Who has to do it", choices=people, coerce=int, default=owners[0].id, widget=GovSelect()
        )
        fields[f"condition_{number}_critical"] = BooleanField(
            "Critical",
            description="If it is not met by its due date, the model stops at once.",
            widget=GovCheckboxInput(),
        )
    return fields


def _day_with_text(form: FlaskForm, field: StringField) -> None:
    text = form[field.name.replace("_due", "_text")].data or ""
    if (field.data or "").strip():
        read_day(field.data)
    elif text.strip():
        raise ValidationError("Enter the day by which it is due")


def make_decision_form(outcomes: Sequence[Choice], matter: str, asked: str, use: Use) -> DecisionForm:
    """A decision form with the outcomes that the votes allow; `asked` is how far a submission asks to go."""
    return _make(DecisionForm, outcomes, matter, asked, use)


def make_advice_form(choices: Sequence[Choice], matter: str, asked: str, use: Use) -> AdviceForm:
    """A form for an officer with every outcome that is possible."""
    return _make(AdviceForm, [choice for choice in choices if choice is not Choice.ABSTAIN], matter, asked, use)


def _make(base: type[Form], outcomes: Sequence[Choice], matter: str, asked: str, use: Use) -> Form:
    model = use.version.model
    owners = [account for account in (model.owner, model.deputy) if account is not None]
    kind: type[Form] = type(base.__name__, (base,), _condition_fields(owners))
    form = kind()
    form.outcome.choices = _titled(outcomes, matter, asked)
    if asked == "pilot":
        form.review_on.label.text, form.review_on.description = "Last day of the pilot", "For example 3/3/2027"
    return form


def make_vote_form(choices: Sequence[Choice], matter: str, asked: str) -> VoteForm:
    """A vote form with the choices that are possible; `asked` is how far a submission asks to go."""
    form = VoteForm()
    form.choice.choices = _titled(choices, matter, asked)
    return form


def _titled(choices: Sequence[Choice], matter: str, asked: str) -> list[SelectChoice]:
    return [SelectChoice(choice.value, choice_title(choice, matter, asked)) for choice in choices]
