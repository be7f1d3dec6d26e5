"""The forms that hand in a file and accept what it would do."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovRadioInput, GovSubmitInput, GovTextArea
from wtforms import HiddenField, RadioField, SelectChoice, SubmitField, TextAreaField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from registry.imports.columns import NAMES, title_of


class UploadForm(FlaskForm):
    """One file of one kind of thing."""

    thing = RadioField(
        "What does the file hold?",
        choices=[SelectChoice(name, title_of(thing)) for name, thing in NAMES.items()],
        widget=GovRadioInput(),
        validators=[InputRequired("Choose what the file holds")],
    )
    file = FileField(
        "The file",
        description="A CSV file from any spreadsheet. Nothing is written before you have seen what it would do.",
        widget=GovFileInput(),
        validators=[FileRequired("Choose a file")],
    )
    submit = SubmitField("Read the file", widget=GovSubmitInput())


class AcceptForm(FlaskForm):
    """Accepting all of a file. `seen` is the digest of what the page showed."""

    reason = TextAreaField(
        "Why does the register change?",
        description="Needed when the file changes entries. In a sentence that an outsider understands.",
        widget=GovTextArea(),
        validators=[Length(max=4000, message="The reason must have 4,000 characters or fewer")],
    )
    seen = HiddenField()
    submit = SubmitField("Accept every repair and take the file in", widget=GovSubmitInput())
