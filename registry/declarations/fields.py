"""The fields of the registration forms, and the rows that can be added to them: inputs, bands, groups, rules, uses."""

from typing import Any

from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import (  # type: ignore[attr-defined]
    BooleanField,
    Form,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from registry.gateways.values import PURPOSES
from registry.models.decisions import DECISIONS
from registry.models.values import REGIME_TITLES

DAY = "Year, month and day, for example 2026-11-30"


class Lines(TextAreaField):
    """Several sentences, one a line; `data` is their list."""

    widget = GovTextArea()

    def _value(self) -> str:
        return "\n".join(self.data or [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was typed, without empty lines."""
        if valuelist:
            self.data: Any = [line.strip() for line in str(valuelist[0]).splitlines() if line.strip()]


def line(label: str, hint: str = "", **kwargs: Any) -> StringField:
    """A field of one line."""
    return StringField(label, description=hint, widget=GovTextInput(), **kwargs)


def paragraph(label: str, hint: str = "", **kwargs: Any) -> TextAreaField:
    """A field of several lines."""
    return TextAreaField(label, description=hint, widget=GovTextArea(), **kwargs)


def select(label: str, hint: str = "", choices: dict[str, str] | None = None, **kwargs: Any) -> SelectField:
    """A choice from a list; what is not in the list is refused where the declaration is read."""
    offered = [SelectChoice(value, text) for value, text in (choices or {}).items()]
    return SelectField(label, description=hint, widget=GovSelect(), choices=offered, validate_choice=False, **kwargs)


class FeatureRow(Form):
    """One input of the model."""

    name = line("Name in the data", "Exactly the name of the column, for example earlier_convictions")
    meaning = line("What it means")
    type = select(
        "Kind of value",
        choices={"integer": "Whole number", "number": "Number", "yes_no": "Yes or no", "category": "One of a list"},
    )
    low = line("Lowest value", "Numbers only")
    high = line("Highest value", "Numbers only")
    unit = line("Unit", "For example years")
    categories = Lines(
        "List of values",
        description="Only for one of a list: a value and its number in the data on each line, as in: Owner = 1",
    )
    sentence = line("How it reads as a reason", "Put {value} where the value belongs: Earlier convictions: {value}")
    sentence_no = line("How it reads when the answer is no", "Only for yes or no")
    data_item = select("Data item it comes from", "An item of the register: it brings the agency and the law with it")
    about = select(
        "About whom",
        choices={"person": "The person scored", "relative": "A relative", "linked": "Somebody linked to the person"},
    )
    protected = line("Protected characteristic it is or stands for", "Leave empty if none")
    concept = line(
        "Concept it belongs to", "Inputs of one concept are shown to people as one reason. May be left empty"
    )
    usual_low = line("Most people it learned from have at least", "Numbers only. A score of somebody below it says so")
    usual_high = line("Most people it learned from have at most", "Numbers only. A score of somebody above it says so")
    not_known = line("Value that stands for not recorded", "Leave empty if there is none")


class BandRow(Form):
    """One band of scores."""

    code = line("Code", "Small letters, for example higher")
    name = line("Name people read", "For example Higher")
    start = line("From", "The first band begins at the lowest score")
    end = line("Up to, not included", "The last band ends at the highest score")


class GroupRow(Form):
    """One column by which error rates are compared."""

    column = line("Column in the evaluation data")
    name = line("Name people read")
    protected = line("Protected characteristic")


class RuleRow(Form):
    """One rule of a point score."""

    feature = line("Input", "Its name in the data, as written above")
    condition = select(
        "When the input",
        choices={
            "is": "Is (yes or no)",
            "at_least": "Is at least",
            "at_most": "Is at most",
            "equals": "Equals",
        },
    )
    value = line("This value", "Yes, no, a number, or a value of its list")
    points = line("Points", "Numbers only; with a minus in front to take points away")
    reason = line("How it reads as a reason")
    only_highest = BooleanField(
        "Of this input's rules, count only the one with the most points", widget=GovCheckboxInput()
    )


class WeightRow(Form):
    """Points for each unit of an input."""

    feature = line("Input", "Its name in the data, as written above")
    weight = line("Points for each unit", "Numbers only")


ALLOWED_DECISIONS = {kind.code: kind.title for kind in DECISIONS.values() if not kind.excluded}


class UseRow(Form):
    """One use. Its fields carry the name of their place in the file: `told__channel` is `told.channel`."""

    purpose = line("Purpose of the use", "For example Offer of resettlement support")
    code = line("Code of the use", "Small letters, digits and hyphens")
    purpose_kinds = SelectMultipleField(
        "What the purpose is, in law",
        description="Choose all that apply. The law behind the data must allow sharing for it.",
        widget=GovCheckboxesInput(),
        choices=[SelectChoice(str(code), title) for code, title in PURPOSES.items()],
        validate_choice=False,
    )
    audience = line("Who will see scores")
    agency = select("Agency of those who see scores")
    decision = paragraph("The decision a score may inform")
    decision_kind = select("Kind of decision", choices={"": "Choose", **ALLOWED_DECISIONS})
    excluded_decisions = Lines("Decisions a score must not touch", description="One a line")
    regime = select("Data protection regime", choices={regime.value: title for regime, title in REGIME_TITLES.items()})
    lawful_basis = line("Lawful basis", "For example Public task: Article 6(1)(e) UK GDPR")
    special_condition = line(
        "Condition for special category or criminal offence data", "Leave empty if there is no such data"
    )
    significant = RadioField(
        "Does the decision have a legal or similarly significant effect on somebody?",
        widget=GovRadioInput(),
        choices=[SelectChoice("yes", "Yes"), SelectChoice("no", "No")],
        validate_choice=False,
    )
    human__authority = paragraph("Authority", "Who decides, and that they may decide otherwise")
    human__time = paragraph("Time", "When they look at it, and how long they have")
    human__other_evidence = paragraph("Other evidence", "What they see besides the score")
    human__can_change_outcome = paragraph("How the outcome can change", "Before anything happens to anybody")
    told__channel = line("By what channel", "For example a leaflet at the first meeting")
    told__text = paragraph("In which words")
    told__start = line("Since when", DAY)
    exemption__ground = paragraph("Why people are not told")
    exemption__approved_by = line("Who approved that")
    exemption__review_on = line("When it is looked at again", DAY)
    ages__minimum = line("Lowest age in years", "Nobody younger is scored")
    ages__maximum = line("Highest age in years", "Leave empty if there is none")
    horizon = line("Over what time the score is meant to hold", "For example the year after year 11")
    childrens_rights = paragraph(
        "How children's rights were assessed", "Needed when anybody under 18 is scored. Leave empty otherwise"
    )
