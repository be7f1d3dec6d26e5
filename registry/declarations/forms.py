"""The two ways to register a model in the browser: handing in its files, or filling in one long form.

The long form holds the declaration itself: a field called `model__outcome__name` is the place `model.outcome.name`
of the file. What is right is decided in one place only, where declarations are read.
"""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, MultipleFileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovFileInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (  # type: ignore[attr-defined]
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)

from registry.models.values import REGIME_TITLES
from registry.models.watch_plan import ACTIONS, MEASURES


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


class UploadForm(FlaskForm):
    """A declaration and the files it names."""

    declaration = FileField(
        "Declaration", description="The file model.yaml, schema algocare/model/1.", widget=GovFileInput()
    )
    files = MultipleFileField(
        "The files it names",
        description="The model file (.skops) and the evaluation data (.csv). Choose all of them at once.",
        widget=GovFileInput(multiple=True),
    )
    submit = SubmitField("Check and register", widget=GovSubmitInput())


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


class BandRow(Form):
    """One band of scores."""

    code = line("Code", "Small letters, for example higher")
    name = line("Name people read", "For example Higher")
    start = line("From", "0 for the first band")
    end = line("Up to, not included", "1 for the last band")


class GroupRow(Form):
    """One column by which error rates are compared."""

    column = line("Column in the evaluation data")
    name = line("Name people read")
    protected = line("Protected characteristic")


class DeclarationForm(FlaskForm):
    """The whole declaration. Digests and numbers of rows are taken from the files, never typed."""

    model__name = line("Name of the model", "In plain words, for example Return to custody")
    model__slug = line("Address", "Small letters, digits and hyphens, for example return-to-custody")
    model__summary = paragraph("What it helps whom to do", "One sentence")
    model__purpose = paragraph("Purpose", "Why the model exists and what it must never be used for")
    model__population = paragraph("Who may be scored", "And who may not")
    model__agency = select("Agency that answers for the model")

    model__outcome__name = line("What the model predicts", "As it reads after a number: 41 of 100 …")
    model__outcome__definition = paragraph("Exact definition")
    model__outcome__horizon = line("Over what time")
    model__outcome__label_source = paragraph("Where the labels come from")
    model__outcome__caution = paragraph(
        "Caution",
        "What the outcome does not say. A police record is not the same as an offence.",
        render_kw={"rows": 3},
    )

    model__owner = select("Owner", "You must be the owner or the deputy")
    model__deputy = select("Deputy", "Another person")
    model__named_expert__name = line("Name of the person who can explain the model")
    model__named_expert__role = line("Their role")
    model__named_expert__contact = line("How to reach them")

    model__code_reference__location = line("Where the source code is")
    model__code_reference__revision = line("Which revision of it")
    version__label = line("Label of this version")
    version__explanation__method = select(
        "How scores are explained",
        choices={"tree_path_dependent": "Paths through decision trees", "linear": "Weights of a linear model"},
    )

    artefact_file = FileField("Model file", description="A .skops file of scikit-learn", widget=GovFileInput())
    training_file = FileField(
        "Training data",
        description="A CSV file. Only its fingerprint and number of rows are kept.",
        widget=GovFileInput(),
    )
    version__training_data__description = paragraph("What the training data is")
    evaluation_file = FileField(
        "Evaluation data",
        description="A CSV file the model has never learned from. The service measures the model on it.",
        widget=GovFileInput(),
    )
    version__evaluation_data__description = paragraph("What the evaluation data is")
    version__evaluation_data__outcome_column = line("Column of the outcome", "It holds 0 or 1")
    version__evaluation_data__groups = FieldList(FormField(GroupRow))
    version__evaluation_data__baseline_column = line(
        "Column of a simple rule to beat", "It holds 0 or 1. Leave empty if there is none"
    )
    version__evaluation_data__baseline_name = line("The simple rule in words", "Leave empty if there is none")

    version__operating_threshold = line("A score at or above this is flagged", "From 0 to 1")
    version__bands = FieldList(FormField(BandRow), min_entries=2)
    version__features = FieldList(FormField(FeatureRow), min_entries=1)
    version__limits = Lines("Limits", description="What a reader of a score must know. One sentence a line")
    version__cannot_know = Lines("What the model cannot know", description="One sentence a line")
    version__challenge_route = paragraph("How somebody scored can challenge it")

    use__purpose = line("Purpose of the use", "For example Offer of resettlement support")
    use__code = line("Code of the use", "Small letters, digits and hyphens")
    use__audience = line("Who will see scores")
    use__agency = select("Agency of those who see scores")
    use__decision = paragraph("The decision a score may inform")
    use__regime = select(
        "Data protection regime", choices={regime.value: title for regime, title in REGIME_TITLES.items()}
    )
    use__significant = RadioField(
        "Does the decision have a legal or similarly significant effect on somebody?",
        widget=GovRadioInput(),
        choices=[SelectChoice("yes", "Yes"), SelectChoice("no", "No")],
        validate_choice=False,
    )
    use__human_involvement = paragraph("What people do before anything happens")
    use__notice = paragraph("How people are told")
    use__excluded_decisions = Lines("Decisions a score must not touch", description="One a line")

    watch__minimum_rows = line("Rows a watch needs at least", "10 or more")
    watch__stale_after_days = line("Days after which data counts as stale")

    submit = SubmitField("Check and register", widget=GovSubmitInput())


for _measure, _measured in MEASURES.items():
    setattr(DeclarationForm, f"limit__{_measure}__at", line(_measured.title, _measured.hint))
    setattr(DeclarationForm, f"limit__{_measure}__action", select("Then", choices=ACTIONS))
