"""Forms of plans, later files, claims, reasons and leakage reviews."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSelect, GovSubmitInput, GovTextArea, GovTextInput
from wtforms import (  # type: ignore[attr-defined]
    Field,
    SelectChoice,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from assessments.validation.rules import LONGEST_LINE, LONGEST_TEXT
from assessments.validation.values import (
    CHARACTERISTICS,
    LABELS,
    MEASURES,
    WAYS,
    Characteristic,
    LaterData,
    PlanContent,
    Threshold,
    TradeOff,
)
from foundation.web.forms import read_day
from registry.evaluations.claims import COUNTS, RATES, Claim, read_claim
from registry.evaluations.values import EvaluationRefused

ROWS = (1, 2, 3)
"""How many thresholds and trade-offs one form has room for."""

TRADE_OFF = {
    "tension": "Principles that pull apart",
    "options": "What could have been chosen",
    "choice": "What was chosen",
    "decided_by": "Who chose",
}
CLAIMS = {
    "accuracy": "Accuracy",
    "precision": "Precision",
    "recall": "Recall",
    "specificity": "Specificity",
    "mcc": "Matthews correlation (MCC)",
    "prevalence": "Share of people with the outcome",
    "fpr": "False positive rate",
    "fnr": "Miss rate",
    "npv": "Negative predictive value",
    "f1": "F1",
    "tp": "Flagged with the outcome (people)",
    "fp": "Flagged without it (people)",
    "fn": "Missed (people)",
    "tn": "Rightly not flagged (people)",
    "n": "People in all",
}
"""Every figure that can be claimed, in words."""


def check_day(_: FlaskForm, field: Field) -> None:
    """Refuse what is no day."""
    read_day(field.data)


def check_number(_: FlaskForm, field: Field) -> None:
    """Refuse what is no number."""
    try:
        float(field.data)
    except ValueError:
        raise ValidationError("Enter a number, such as 0.4") from None


def day_field(label: str, description: str = "For example, 3/3/2027", *, needed: bool = True) -> StringField:
    """A day as people write it."""
    first = InputRequired(f"Enter a day: {label[:1].lower()}{label[1:]}") if needed else Optional()
    return StringField(label, description=description, widget=GovTextInput(), validators=[first, check_day])


def text_field(label: str, description: str = "") -> TextAreaField:
    """Some sentences; whether they are needed is for the rules to say."""
    at_most = Length(max=LONGEST_TEXT, message=f"Write at most {LONGEST_TEXT:,} characters")
    return TextAreaField(label, description=description, widget=GovTextArea(), validators=[at_most])


def line_field(label: str, description: str = "") -> StringField:
    """One line."""
    at_most = Length(max=LONGEST_LINE, message=f"Write at most {LONGEST_LINE:,} characters")
    return StringField(label, description=description, widget=GovTextInput(), validators=[at_most])


def _number(label: str, description: str = "", *, needed: bool = False) -> StringField:
    first = InputRequired(f"Enter a number: {label[:1].lower()}{label[1:]}") if needed else Optional()
    return StringField(label, description=description, widget=GovTextInput(), validators=[first, check_number])


def _choice(label: str, choices: dict[str, str], description: str = "") -> SelectField:
    listed = [SelectChoice("", "Choose"), *(SelectChoice(code, text) for code, text in choices.items())]
    return SelectField(label, choices=listed, description=description, widget=GovSelect())


def make_plan_form() -> type[FlaskForm]:
    """The plan's form: `threshold_1_measure`, `trade_off_1_tension`, `race_column`, `race_reason` and so on."""
    fields: dict[str, Any] = {}
    for row in ROWS:
        fields[f"threshold_{row}_measure"] = _choice(f"Measure {row}", MEASURES)
        fields[f"threshold_{row}_way"] = _choice(f"Measure {row} is to be", WAYS)
        fields[f"threshold_{row}_value"] = _number(f"Value of measure {row}", "From 0 to 1: 0.4 for 40 of 100 people")
    fields |= _plain_fields()
    for row in ROWS:
        fields |= {f"trade_off_{row}_{name}": text_field(f"{title} ({row})") for name, title in TRADE_OFF.items()}
    fields["no_trade_off"] = text_field("If there is no trade-off, why not?")
    for code, title in CHARACTERISTICS.items():
        fields[f"{code}_column"] = line_field(f"{title}: column it is tested by", "Leave it empty if it is not tested")
        fields[f"{code}_reason"] = line_field(f"{title}: why it is not tested")
    fields["accepted_by"] = line_field(
        "Who accepts what is not tested?", "Name and role. Not tested is never shown as passed."
    )
    fields["submit"] = SubmitField("Register the plan", widget=GovSubmitInput())
    return type("PlanForm", (FlaskForm,), fields)


def _plain_fields() -> dict[str, Any]:
    labels = {
        code: f"{title} (stands in for the outcome)" if proxy else title for code, (title, proxy) in LABELS.items()
    }
    return {
        "practice": text_field("How is it decided today, without the model?", "The baseline that has to be beaten"),
        "known": text_field("What is known about how well that works?", "Figures with their source, or that none are"),
        "cost_alarm": text_field("What does a false alarm cost the person?"),
        "cost_miss": text_field("What does it cost to miss a person?"),
        "ratio": _number("How many false alarms weigh as much as one missed person?", "For example, 2", needed=True),
        "agreed_name": line_field("Who agreed the threshold from which people are flagged?"),
        "agreed_role": line_field("In which role?"),
        "agreed_on": day_field("When was it agreed?"),
        "label": _choice("Where does the outcome's label come from?", labels),
        "hides": text_field("What may this label hide?", "Needed when it stands in for the outcome"),
    }


PLAIN = (
    *("practice", "known", "cost_alarm", "cost_miss", "agreed_name", "agreed_role", "label", "hides"),
    *("no_trade_off", "accepted_by"),
)


def read_plan(form: FlaskForm) -> PlanContent:
    """What a form that passed its own checks says; empty rows are left out."""
    data = {name: (value or "").strip() if isinstance(value, str) else value for name, value in form.data.items()}
    return PlanContent(
        thresholds=tuple(_threshold(data, row) for row in ROWS if _filled(data, f"threshold_{row}_")),
        ratio=float(data["ratio"]),
        agreed_on=read_day(data["agreed_on"]),
        trade_offs=tuple(
            TradeOff(**{name: data[f"trade_off_{row}_{name}"] for name in TRADE_OFF})
            for row in ROWS
            if _filled(data, f"trade_off_{row}_")
        ),
        tested=tuple(Characteristic(code, data[f"{code}_column"], data[f"{code}_reason"]) for code in CHARACTERISTICS),
        **{name: data[name] for name in PLAIN},
    )


def _filled(data: dict[str, Any], stem: str) -> bool:
    return any(value for name, value in data.items() if name.startswith(stem))


def _threshold(data: dict[str, Any], row: int) -> Threshold:
    measure, way, value = (data[f"threshold_{row}_{name}"] for name in ("measure", "way", "value"))
    return Threshold(measure, way, float(value) if value else float("nan"))


def plan_as_data(said: PlanContent) -> dict[str, str]:
    """A plan under the names of the form's fields, for another edition of it."""
    data = {name: getattr(said, name) for name in PLAIN}
    data |= {"ratio": f"{said.ratio:g}", "agreed_on": said.agreed_on.isoformat()}
    for row, one in enumerate(said.thresholds, start=1):
        data |= {f"threshold_{row}_{name}": str(value) for name, value in vars(one).items()}
    for row, trade_off in enumerate(said.trade_offs, start=1):
        data |= {f"trade_off_{row}_{name}": text for name, text in vars(trade_off).items()}
    for tested in said.tested:
        data |= {f"{tested.code}_column": tested.column, f"{tested.code}_reason": tested.reason}
    return data


class LaterForm(FlaskForm):
    """A file of people from a later time."""

    file = FileField(
        "File of people from a later time",
        description="CSV or Parquet with the model's inputs, the outcome, groups, and a date for each row. "
        "No page shows a row of it. Leave out names and references.",
        widget=GovFileInput(),
    )
    outcome = line_field("Column with 1 for people who had the outcome, else 0")
    date_column = line_field("Column with each row's date", "Days written as 2026-03-01. Or give the period below.")
    starts_on = day_field("First day of the period of all rows", needed=False)
    ends_on = day_field("Last day of the period of all rows", needed=False)
    training_from = day_field("First day of the training data's period")
    training_to = day_field("Last day of the training data's period", "Every row has to be later than this day")
    submit = SubmitField("Measure this file", widget=GovSubmitInput())

    def data_of(self) -> LaterData:
        """What is handed in; without a file its content is empty."""
        upload = self.file.data
        return LaterData(
            name=upload.filename if upload else "",
            content=upload.read() if upload else b"",
            outcome=self.outcome.data or "",
            date_column=self.date_column.data or "",
            starts_on=read_day(self.starts_on.data) if self.starts_on.data else None,
            ends_on=read_day(self.ends_on.data) if self.ends_on.data else None,
            training_from=read_day(self.training_from.data),
            training_to=read_day(self.training_to.data),
        )


def make_claims_form() -> type[FlaskForm]:
    """A form with a field for each figure that can be claimed, and a CSV in their place."""
    fields: dict[str, Any] = {"source": line_field("Who claims these figures, and where?", "A supplier, a paper")}
    fields |= {name: line_field(CLAIMS[name]) for name in (*RATES, *COUNTS)}
    fields["file"] = FileField(
        "Or a CSV with one set of figures in each row",
        description="Headings such as precision, recall, mcc, tp and n. All of its rows are kept, or none.",
        widget=GovFileInput(),
    )
    fields["submit"] = SubmitField("Check and keep", widget=GovSubmitInput())
    return type("ClaimsForm", (FlaskForm,), fields)


def read_figures(form: FlaskForm) -> list[Claim]:
    """The claimed figures of a form, as printed; what is no figure is refused at its field."""
    claims = []
    for name in (*RATES, *COUNTS):
        text = (form[name].data or "").strip()
        try:
            claims += [read_claim(name, text)] if text else []
        except EvaluationRefused as refused:
            form[name].errors = [*form[name].errors, refused.sentence]
    return claims


class ReasonForm(FlaskForm):
    """Why a use should go on although a threshold was not met."""

    text = text_field("Why should it be used although this was not met?", "The committee reads it and decides")
    submit = SubmitField("Record the reason", widget=GovSubmitInput())


class ReviewForm(FlaskForm):
    """A leakage review."""

    checked = text_field("What did you check?", "Inputs, their dates, how the files were split, who prepared them")
    statement = text_field("What do you conclude?")
    submit = SubmitField("Sign the review", widget=GovSubmitInput())
