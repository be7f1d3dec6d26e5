"""The ways to register in the browser: handing in files, or filling in the form for one kind of entry.

A form holds the declaration itself: a field called `model__outcome__name` is the place `model.outcome.name` of the
file. What is right is decided in one place only, where declarations are read.
"""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, MultipleFileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSubmitInput
from wtforms import FieldList, FormField, SubmitField

from registry.declarations.fields import (
    DAY,
    BandRow,
    FeatureRow,
    GroupRow,
    Lines,
    RuleRow,
    UseRow,
    WeightRow,
    line,
    paragraph,
    select,
)
from registry.declarations.values import STATUS_TITLES
from registry.watch_plans.measures import ACTIONS, MEASURES
from registry.watch_plans.values import CADENCES


class UploadForm(FlaskForm):
    """A declaration and the files it names."""

    declaration = FileField(
        "Declaration", description="The file model.yaml, schema algocare/model/2.", widget=GovFileInput()
    )
    files = MultipleFileField(
        "The files it names",
        description="The model file (.skops) and the evaluation data (.csv). Choose all of them at once.",
        widget=GovFileInput(multiple=True),
    )
    submit = SubmitField("Check and register", widget=GovSubmitInput())


class DeclarationForm(FlaskForm):
    """What every kind of model declares. Digests and numbers of rows are taken from the files, never typed."""

    kind = ""

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

    version__operating_threshold = line("A score at or above this is flagged", "Numbers only")
    version__bands = FieldList(FormField(BandRow), min_entries=2)
    version__features = FieldList(FormField(FeatureRow), min_entries=1)
    version__limits = Lines("Limits", description="What a reader of a score must know. One sentence a line")
    version__cannot_know = Lines("What the model cannot know", description="One sentence a line")
    version__challenge_route = paragraph("How somebody scored can challenge it")

    uses = FieldList(FormField(UseRow), min_entries=1)

    watch__minimum_rows = line("People a watch needs at least", "10 or more")
    watch__minimum_outcomes = line("Known outcomes it needs to judge performance", "Leave empty for the same number")
    watch__stale_after_days = line("Days after which data counts as stale")
    watch__window__days = line("Days of scores a watch looks at", "Leave empty for 30, or if you give people instead")
    watch__window__people = line("Or the newest so many people", "Leave empty if you give days")
    watch__cadence = select("How often it is watched", choices={"": "Not said: every night", **CADENCES})
    watch__capacity_per_week = line(
        "People a week that staff can act on", "Needed for a limit on people flagged. Leave empty if you do not know"
    )

    submit = SubmitField("Check and register", widget=GovSubmitInput())


for _measure, _measured in MEASURES.items():
    setattr(DeclarationForm, f"limit__{_measure}__at", line(_measured.title, _measured.hint))
    setattr(DeclarationForm, f"limit__{_measure}__action", select("Then", choices=ACTIONS))


class MeasuredForm(DeclarationForm):
    """A model whose figures the service computes from evaluation data."""

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


class ScikitLearnForm(MeasuredForm):
    """A fitted model with its artefact."""

    kind = "scikit-learn"

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


class PointScoreForm(MeasuredForm):
    """A score added up from points."""

    kind = "point-score"

    version__points__rules = FieldList(FormField(RuleRow), min_entries=1)
    version__points__weights = FieldList(FormField(WeightRow))
    version__points__constant = line("Points that everybody has", "Leave empty for none")


class SuppliedForm(DeclarationForm):
    """A score that a supplier computes."""

    kind = "supplied"

    version__supplier__name = line("Name of the supplier")
    version__supplier__product = line("Name of the product")
    version__supplier__contact = line("Whom to reach there")
    version__supplier__access_to_code = paragraph("Access to code", "What you may see of how scores are computed")
    version__supplier__audit_rights = paragraph("Audit rights", "What you may test, and how")
    version__supplier__upgrade_notice_days = line("Days of notice before an upgrade", "0 if the contract says nothing")
    version__supplier__restrictions = paragraph("Restrictions", "What the contract keeps you from telling or testing")
    version__supplier__contract_ends_on = line("When the contract ends", f"{DAY}. Leave empty if it has no end")
    version__scale__low = line("Lowest score", "Numbers only")
    version__scale__high = line("Highest score", "Numbers only")
    version__scale__unit = line("What a score counts", "For example points or probability")
    version__features = FieldList(FormField(FeatureRow))
    version__inputs_not_disclosed = paragraph(
        "What the supplier does not disclose about inputs", "Leave empty if you know every input"
    )


class ElsewhereForm(FlaskForm):
    """What is known of a model that runs elsewhere or runs no longer."""

    kind = "elsewhere"

    elsewhere__name = line("Name of the model")
    elsewhere__slug = line("Address", "Small letters, digits and hyphens, for example durham-hart")
    elsewhere__summary = paragraph("What it is", "One or two sentences")
    elsewhere__purpose = paragraph("What it is or was for")
    elsewhere__operator = line("Who runs it or ran it")
    elsewhere__status = select("How it stands", choices=STATUS_TITLES)
    elsewhere__ended_on = line("When it ended", f"{DAY}. Leave empty if no day is known")
    elsewhere__reason = paragraph("Why it ended or was turned down", "Needed when it is no longer used or was refused")
    elsewhere__source = paragraph("Where you know this from")
    elsewhere__source_link = line("Address of the source", "Leave empty if it is not on the web")
    elsewhere__checked_on = line("When you last looked at the source", DAY)
    submit = SubmitField("Enter it", widget=GovSubmitInput())


FORMS: dict[str, type[DeclarationForm]] = {form.kind: form for form in (ScikitLearnForm, PointScoreForm, SuppliedForm)}
"""The form for each kind of model."""
